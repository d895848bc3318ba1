#include "aws/retry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stop_token>
#include <vector>

#include "aws/credentials.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/fake_clock.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using support::ErrorKind;
using support::Fail;
using test::Failed;
using test::FailureOf;
using test::Must;

// The delays of all retries, as long as there are any.
std::vector<milliseconds> Delays(ErrorKind kind, double draw) {
  std::vector<milliseconds> delays;
  for (int attempt = 1; attempt < 1000; ++attempt) {
    const auto delay = RetryDelay(kind, attempt, draw);
    if (!delay) break;
    delays.push_back(*delay);
  }
  return delays;
}

std::vector<milliseconds> Milliseconds(const std::vector<int>& counts) {
  return {counts.begin(), counts.end()};
}

constexpr double kAlmostOne = 0.999'999'999;

TEST(RetryDelayTest, DoublesTheLongestDelayOfThrottlingFromOneSecondUpToTwenty) {
  EXPECT_EQ(Delays(ErrorKind::kThrottled, kAlmostOne),
            Milliseconds({999, 1999, 3999, 7999, 15999, 19999, 19999, 19999, 19999, 19999, 19999}));
}

TEST(RetryDelayTest, DoublesTheLongestDelayOfWhatPassesByItselfFromFiftyMilliseconds) {
  for (const auto kind :
       {ErrorKind::kTransport, ErrorKind::kTimeout, ErrorKind::kServer, ErrorKind::kMalformed}) {
    EXPECT_EQ(Delays(kind, kAlmostOne), Milliseconds({49, 99})) << static_cast<int>(kind);
  }
}

TEST(RetryDelayTest, MayBeNoDelayAtAll) {
  EXPECT_EQ(Delays(ErrorKind::kThrottled, 0), std::vector<milliseconds>(11));
  EXPECT_EQ(Delays(ErrorKind::kServer, 0), std::vector<milliseconds>(2));
}

TEST(RetryDelayTest, IsTheDrawnShareOfTheLongest) {
  EXPECT_EQ(RetryDelay(ErrorKind::kThrottled, 3, 0.25), milliseconds(1000));
  EXPECT_EQ(RetryDelay(ErrorKind::kServer, 2, 0.5), milliseconds(50));
}

TEST(RetryDelayTest, DoesNotRepeatWhatWillFailAgain) {
  for (const auto kind :
       {ErrorKind::kConfig, ErrorKind::kCancelled, ErrorKind::kExpired, ErrorKind::kCredentials,
        ErrorKind::kClockSkew, ErrorKind::kDenied, ErrorKind::kNotFound, ErrorKind::kUnsupported,
        ErrorKind::kRejected, ErrorKind::kIo, ErrorKind::kResource}) {
    EXPECT_EQ(RetryDelay(kind, 1, 0.5), std::nullopt) << static_cast<int>(kind);
  }
}

class RetryTest : public testing::Test {
 protected:
  // Tries a call that fails with `kind` each time, with a deadline in `time`.
  [[nodiscard]] support::Result<int> Fails(ErrorKind kind, const RetryPolicy& policy = {},
                                           milliseconds time = 10min) {
    return Retry<int>(clock, {.stop = stop.get_token(), .at = clock.Steady() + time}, policy,
                      [&](int number) -> Attempt<int> {
                        attempts = number;
                        return {.result = Fail(kind, "reset")};
                      });
  }

  test::FakeClock clock;
  std::stop_source stop;
  int attempts = 0;
};

TEST_F(RetryTest, EndsWithTheFirstSuccess) {
  const auto result = Retry<int>(clock, {.stop = {}, .at = clock.Steady() + 1min}, {},
                                 [](int number) -> Attempt<int> {
                                   if (number == 3) return {.result = 7};
                                   return {.result = Fail(ErrorKind::kServer, "oops")};
                                 });
  EXPECT_EQ(Must(result), 7);
  EXPECT_EQ(clock.slept().size(), 2U);
}

TEST_F(RetryTest, MakesNoMoreAttemptsThanTheKindAndThePolicyAllow) {
  EXPECT_EQ(FailureOf(Fails(ErrorKind::kTransport)),
            (Failed{.kind = ErrorKind::kTransport, .message = "reset"}));
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(FailureOf(Fails(ErrorKind::kThrottled, {.attempts = 2, .counts = true})),
            (Failed{.kind = ErrorKind::kThrottled, .message = "reset (after 2 attempts)"}));
  EXPECT_EQ(attempts, 2);
  EXPECT_EQ(FailureOf(Fails(ErrorKind::kDenied, {.counts = true})),
            (Failed{.kind = ErrorKind::kDenied, .message = "reset"}));
  EXPECT_EQ(attempts, 1);
}

TEST_F(RetryTest, WaitsForNothingThatEndsAtTheDeadline) {
  EXPECT_EQ(FailureOf(Fails(ErrorKind::kServer, {}, 0ms)),
            (Failed{.kind = ErrorKind::kServer, .message = "reset"}));
  EXPECT_EQ(attempts, 1);
  EXPECT_TRUE(clock.slept().empty());
}

TEST_F(RetryTest, EndsWhenItIsStoppedBetweenAttempts) {
  clock.OnSleep([this] { stop.request_stop(); });
  EXPECT_EQ(FailureOf(Fails(ErrorKind::kServer, {.stopped = "call: stopped"})),
            (Failed{.kind = ErrorKind::kCancelled, .message = "call: stopped"}));
  EXPECT_EQ(attempts, 1);
}

TEST_F(RetryTest, PassesOnAStopAsItIs) {
  EXPECT_EQ(FailureOf(Fails(ErrorKind::kCancelled, {.counts = true, .stopped = "unused"})),
            (Failed{.kind = ErrorKind::kCancelled, .message = "reset"}));
  EXPECT_EQ(attempts, 1);
}

TEST_F(RetryTest, TellsOfEachAttemptThatAnotherFollows) {
  std::vector<int> told;
  EXPECT_FALSE(Fails(ErrorKind::kServer,
                     {.before_wait = [&](const support::Error& /*error*/, int attempt,
                                         milliseconds /*wait*/) { told.push_back(attempt); }}));
  EXPECT_EQ(told, (std::vector{1, 2}));
}

TEST_F(RetryTest, FollowsWhatAnAttemptSaysOfItsFailure) {
  const auto mended = [](int number) -> Attempt<int> {
    return {.result = Fail(ErrorKind::kExpired, "expired"),
            .after = number == 1 ? AfterFailure::kAtOnce : AfterFailure::kAsItsKind};
  };
  const Deadline deadline{.stop = {}, .at = clock.Steady() + 1min};
  EXPECT_EQ(FailureOf(Retry<int>(clock, deadline, {.counts = true}, mended)).message,
            "expired (after 2 attempts)");
  const auto final_failure = [](int /*number*/) -> Attempt<int> {
    return {.result = Fail(ErrorKind::kTimeout, "no turn"), .after = AfterFailure::kGiveUp};
  };
  EXPECT_EQ(FailureOf(Retry<int>(clock, deadline, {.counts = true}, final_failure)).message,
            "no turn");
  EXPECT_TRUE(clock.slept().empty());
}

}  // namespace
}  // namespace ecsd::aws
