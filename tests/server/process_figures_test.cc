#include "server/process_figures.h"

#include <gtest/gtest.h>

#include <chrono>

namespace ecsd::server {
namespace {

TEST(ReadProcessTest, ReadsThisProcess) {
  const auto figures = ReadProcess();
  const auto now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();

  EXPECT_GT(figures.resident_bytes, 1'000'000U);
  EXPECT_GT(figures.virtual_bytes, figures.resident_bytes);
  EXPECT_GE(figures.open_fds, 3U);
  EXPECT_GE(figures.max_fds, figures.open_fds);
  EXPECT_GE(figures.threads, 1U);
  EXPECT_GE(figures.cpu_seconds, 0);
  EXPECT_NEAR(figures.start_seconds, now, 600);
}

TEST(ReadProcessTest, IsZeroWhereNothingCanBeRead) {
  EXPECT_EQ(ReadProcess("/nowhere").resident_bytes, 0U);
}

}  // namespace
}  // namespace ecsd::server
