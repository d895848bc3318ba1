#include "aws/limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "support/result.h"
#include "telemetry/log.h"
#include "testing/errors.h"
#include "testing/fake_clock.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using support::ErrorKind;
using test::Failed;
using test::FailureOf;

class LimiterTest : public testing::Test {
 protected:
  [[nodiscard]] support::Result<void> Acquire(std::string_view action,
                                              std::chrono::seconds left = 1h) {
    return limiter.Acquire(scope, kEcs, action, {.stop = {}, .at = clock.Steady() + left});
  }

  // How long `calls` calls of `action` wait together, one after the other.
  double SecondsFor(int calls, std::string_view action) {
    const auto start = clock.Steady();
    for (int i = 0; i < calls; ++i) EXPECT_TRUE(Acquire(action));
    return std::chrono::duration<double>(clock.Steady() - start).count();
  }

  test::FakeClock clock;
  telemetry::Log log{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
  Limiter limiter{0.5, clock, log};
  LimitScope scope{.account = "123456789012", .region = "eu-west-1"};
};

TEST_F(LimiterTest, CallsOfOneBucketShareIt) {
  EXPECT_EQ(SecondsFor(50, "ListTasks"), 0.0);
  EXPECT_EQ(SecondsFor(48, "DescribeTasks"), 0.0);
  EXPECT_GT(SecondsFor(1, "DescribeContainerInstances"), 0.04);
}

TEST_F(LimiterTest, OtherBucketsAndAccountsAndRegionsHaveTheirOwn) {
  EXPECT_GT(SecondsFor(99, "ListTasks"), 0.0);
  EXPECT_EQ(SecondsFor(48, "DescribeTaskDefinition"), 0.0);
  scope.region = "eu-west-2";
  EXPECT_EQ(SecondsFor(98, "ListTasks"), 0.0);
  scope.account = "210987654321";
  EXPECT_EQ(SecondsFor(98, "ListTasks"), 0.0);
}

TEST_F(LimiterTest, SettlingConcernsEveryBucketOfTheScopeAlsoLaterOnes) {
  EXPECT_EQ(SecondsFor(1, "ListTasks"), 0.0);
  limiter.Settle(scope);
  EXPECT_NEAR(SecondsFor(60, "ListTasks"), 1.0, 0.01);
  EXPECT_NEAR(SecondsFor(35, "DescribeTaskDefinition"), 1.0, 0.01);
  scope.region = "eu-west-2";
  EXPECT_EQ(SecondsFor(98, "ListTasks"), 0.0);
}

TEST_F(LimiterTest, AThrottledAnswerSlowsItsBucketOnly) {
  limiter.Throttled(scope, kEcs, "ListTasks");
  EXPECT_GT(SecondsFor(10, "DescribeTasks"), 0.9);
  EXPECT_EQ(SecondsFor(48, "DescribeTaskDefinition"), 0.0);
}

TEST_F(LimiterTest, FailsAtOnceWhenTheTurnComesAfterTheDeadline) {
  EXPECT_EQ(SecondsFor(98, "ListTasks"), 0.0);
  const auto before = clock.Steady();
  EXPECT_EQ(FailureOf(Acquire("ListTasks", 0s)),
            (Failed{.kind = ErrorKind::kTimeout,
                    .message = "ECS ListTasks: its turn under AWS' limit for "
                               "ecs_cluster_resource_read comes after the time for the whole "
                               "refresh; see --refresh-timeout and --aws.rate-share"}));
  EXPECT_EQ(clock.Steady(), before);
  EXPECT_EQ(limiter.View().at(0).calls, 98U);
}

// Else every call that gives up would make those after it wait.
TEST_F(LimiterTest, ACallThatGivesUpTakesNothing) {
  EXPECT_EQ(SecondsFor(98, "ListTasks"), 0.0);
  const auto before = limiter.View().at(0).tokens;
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(Acquire("ListTasks", 0s));
  EXPECT_EQ(limiter.View().at(0).tokens, before);
}

TEST_F(LimiterTest, AStopEndsTheWait) {
  EXPECT_EQ(SecondsFor(98, "ListTasks"), 0.0);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(FailureOf(limiter.Acquire(scope, kEcs, "ListTasks",
                                      {.stop = stop.get_token(), .at = clock.Steady() + 1h})),
            (Failed{.kind = ErrorKind::kCancelled, .message = "ECS ListTasks: stopped"}));
}

TEST_F(LimiterTest, ShowsWhatItCounted) {
  EXPECT_EQ(SecondsFor(3, "ListTasks"), 0.0);
  EXPECT_EQ(SecondsFor(1, "DescribeTaskDefinition"), 0.0);
  limiter.Throttled(scope, kEcs, "ListTasks");
  const auto views = limiter.View();
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0].scope, scope);
  EXPECT_EQ(views[0].bucket, "ecs_cluster_resource_read");
  EXPECT_EQ(views[0].calls, 3U);
  EXPECT_EQ(views[0].throttled, 1U);
  EXPECT_EQ(views[0].capacity, 50.0);
  EXPECT_EQ(views[0].tokens, 0.0);
  EXPECT_EQ(views[1].bucket, "ecs_task_definition_read");
  EXPECT_EQ(views[1].calls, 1U);
  EXPECT_EQ(views[1].throttled, 0U);
  EXPECT_EQ(views[1].capacity, 48.0);
}

TEST_F(LimiterTest, SaysOnceThatThrottlingBeganAndOnceThatItEnded) {
  const telemetry::Log loud{telemetry::LogLevel::kInfo, telemetry::LogFormat::kLogfmt};
  Limiter talking{0.5, clock, loud};
  testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) {
    talking.Throttled(scope, kEcs, "ListTasks");
    clock.Advance(10s);
    talking.Passed(scope, kEcs, "ListTasks");
  }
  clock.Advance(60s);
  talking.Passed(scope, kEcs, "DescribeTasks");
  talking.Passed(scope, kEcs, "DescribeTasks");
  const auto text = testing::internal::GetCapturedStderr();
  const auto begun = text.find(
      "level=warn msg=\"AWS throttles calls; calling more slowly\" "
      "bucket=ecs_cluster_resource_read region=eu-west-1 account=123456789012 "
      "calls_per_second=9.9\n");
  const auto ended = text.find(
      "level=info msg=\"AWS no longer throttles calls\" bucket=ecs_cluster_resource_read "
      "region=eu-west-1 account=123456789012 throttled_calls=5\n");
  EXPECT_NE(begun, std::string::npos) << text;
  EXPECT_NE(ended, std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 2) << text;
}

TEST_F(LimiterTest, AnAccountThatIsNotKnownIsLeftOutOfTheLog) {
  const telemetry::Log loud{telemetry::LogLevel::kInfo, telemetry::LogFormat::kLogfmt};
  Limiter talking{0.5, clock, loud};
  scope.account.clear();
  testing::internal::CaptureStderr();
  talking.Throttled(scope, kEcs, "ListTasks");
  clock.Advance(60s);
  talking.Passed(scope, kEcs, "ListTasks");
  const auto text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find(" region=eu-west-1 calls_per_second=9.9\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" region=eu-west-1 throttled_calls=1\n"), std::string::npos) << text;
}

TEST_F(LimiterTest, IsSharedByThreads) {
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int call = 0; call < 100; ++call) EXPECT_TRUE(Acquire("ListTasks"));
    });
  }
  threads.clear();
  EXPECT_EQ(limiter.View().at(0).calls, 400U);
}

}  // namespace
}  // namespace ecsd::aws
