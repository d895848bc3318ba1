#include "aws/call_stats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ecsd::aws {
namespace {

ActionStats StatsOf(const CallStats& stats, std::string_view action) {
  for (const auto& each : stats.View()) {
    if (each.action == action) return each;
  }
  return {};
}

TEST(CallStatsTest, HasEveryActionOfRefreshesFromTheStart) {
  const CallStats stats;

  EXPECT_EQ(stats.View().size(), 9U);
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

// As names, sorted.
std::vector<std::string> FailuresOf(const ActionStats& stats) {
  std::vector<std::string> names;
  for (const auto kind : FailureKindsOf(stats)) names.emplace_back(support::NameOf(kind));
  return names;
}

TEST(FailureKindsOfTest, HasNoneBeforeTheFirstCall) {
  EXPECT_THAT(FailuresOf({.service = "ecs", .action = "ListTasks"}), testing::IsEmpty());
}

TEST(FailureKindsOfTest, LeavesOutWhatCannotBe) {
  EXPECT_THAT(
      FailuresOf({.service = "ecs", .action = "ListTasks", .calls = 1}),
      testing::ElementsAre("transport", "timeout", "throttled", "server", "malformed", "expired",
                           "credentials", "clock_skew", "denied", "not_found", "rejected"));
  EXPECT_THAT(FailuresOf({.service = "ecs", .action = "ListClusters", .calls = 1}),
              testing::Not(testing::Contains("not_found")));
  EXPECT_THAT(FailuresOf({.service = "ec2", .action = "DescribeInstances", .calls = 1}),
              testing::AllOf(testing::Contains("unsupported"),
                             testing::Not(testing::Contains("not_found"))));
}

TEST(FailureKindsOfTest, HasWhatCameAllTheSame) {
  ActionStats stats{.service = "sts", .action = "AssumeRole", .calls = 1};
  stats.failures.at(static_cast<std::size_t>(support::ErrorKind::kNotFound)) = 1;

  EXPECT_THAT(FailuresOf(stats), testing::Contains("not_found"));
}

}  // namespace
}  // namespace ecsd::aws
