#include "aws/call_stats.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>

namespace ecsd::aws {
namespace {

ActionStats StatsOf(const CallStats& stats, std::string_view action) {
  for (const auto& each : stats.View()) {
    if (each.action == action) return each;
  }
  return {};
}

TEST(CallStatsTest, HasEveryActionFromTheStart) {
  const CallStats stats;

  EXPECT_EQ(stats.View().size(), 10U);
  EXPECT_EQ(StatsOf(stats, "ListTasks"), (ActionStats{.service = "ecs", .action = "ListTasks"}));
}

TEST(CallStatsTest, CountsTriesFailuresAndBytes) {
  const support::Error throttled{.kind = support::ErrorKind::kThrottled, .message = "no"};
  CallStats stats;

  stats.Count({.service = kEcs, .action = "ListTasks", .bytes = 10, .error = &throttled});
  stats.Count({.service = kEcs, .action = "ListTasks", .is_retry = true, .bytes = 90});
  stats.Count({.service = kEcs, .action = "Other", .bytes = 1});

  ActionStats expected{
      .service = "ecs", .action = "ListTasks", .calls = 2, .retries = 1, .bytes = 100};
  expected.failures.at(static_cast<std::size_t>(support::ErrorKind::kThrottled)) = 1;
  EXPECT_EQ(StatsOf(stats, "ListTasks"), expected);
  EXPECT_EQ(StatsOf(stats, "Other").calls, 1U);
}

}  // namespace
}  // namespace ecsd::aws
