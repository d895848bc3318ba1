#include "support/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <vector>

namespace ecsd::support {
namespace {

TEST(ParallelForTest, RunsEveryJobOnce) {
  std::vector<std::atomic<int>> runs(100);
  ParallelFor(runs.size(), 4, [&](std::size_t index) { ++runs[index]; });
  for (const auto& count : runs) EXPECT_EQ(count, 1);
}

TEST(ParallelForTest, NeverRunsMoreThanTheGivenNumberAtATime) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  ParallelFor(200, 3, [&](std::size_t) {
    const int now = ++running;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    --running;
  });
  EXPECT_LE(most, 3);
}

TEST(ParallelForTest, DoesNothingForNoJobs) {
  ParallelFor(0, 4, [](std::size_t) { FAIL() << "called without a job"; });
}

}  // namespace
}  // namespace ecsd::support
