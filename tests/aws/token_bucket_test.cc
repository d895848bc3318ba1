#include "aws/token_bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#include "aws/call_limits.h"
#include "support/clock.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using support::SteadyTime;
using Seconds = std::chrono::duration<double>;

constexpr CallLimit kLimit{.bucket = "test", .burst = 100, .per_second = 20};
constexpr SteadyTime kStart{1h};

// How long `calls` calls take that are all made as early as the bucket allows, from `now` on.
double SecondsFor(int calls, TokenBucket& bucket, SteadyTime now) {
  SteadyTime last = now;
  for (int i = 0; i < calls; ++i) last = std::max(last, bucket.Take(now));
  return Seconds(last - now).count();
}

TEST(TokenBucketTest, LetsTheBurstThroughAtOnceAndThenTheRate) {
  TokenBucket bucket(kLimit, 0.5, kStart);
  EXPECT_EQ(SecondsFor(98, bucket, kStart), 0.0);
  EXPECT_NEAR(SecondsFor(198, bucket, kStart), 10.0, 0.01);
}

TEST(TokenBucketTest, ServesInTheOrderOfAsking) {
  TokenBucket bucket(kLimit, 0.5, kStart);
  SteadyTime last{};
  for (int i = 0; i < 500; ++i) {
    const auto turn = bucket.Take(kStart);
    EXPECT_GE(turn, last);
    last = turn;
  }
}

TEST(TokenBucketTest, UsesOnlyTheShareOnceSettled) {
  TokenBucket bucket(kLimit, 0.5, kStart);
  bucket.Settle(kStart);
  EXPECT_EQ(bucket.capacity(), 50.0);
  EXPECT_EQ(bucket.rate(), 10.0);
  EXPECT_EQ(SecondsFor(50, bucket, kStart), 0.0);
  EXPECT_NEAR(SecondsFor(100, bucket, kStart), 10.0, 0.01);
}

TEST(TokenBucketTest, UsesAllOfRaisedLimits) {
  TokenBucket bucket(kLimit, 3, kStart);
  EXPECT_EQ(SecondsFor(298, bucket, kStart), 0.0);
  EXPECT_NEAR(SecondsFor(59, bucket, kStart), 1.0, 0.02);
  bucket.Settle(kStart);
  EXPECT_EQ(bucket.capacity(), 300.0);
}

TEST(TokenBucketTest, HalvesWithEachThrottledAnswerAndStopsAtOnce) {
  TokenBucket bucket(kLimit, 0.5, kStart);
  bucket.SlowDown(kStart);
  EXPECT_NEAR(bucket.rate(), 9.9, 0.01);
  EXPECT_EQ(bucket.tokens(), 0.0);
  EXPECT_GT(bucket.Take(kStart), kStart);
  bucket.SlowDown(kStart + 2s);
  EXPECT_NEAR(bucket.rate(), 5, 0.1);
}

TEST(TokenBucketTest, TakesThrottledAnswersOfCallsSentTogetherForOne) {
  TokenBucket bucket(kLimit, 0.5, kStart);
  for (int i = 0; i < 8; ++i) bucket.SlowDown(kStart + (i * 10ms));
  EXPECT_NEAR(bucket.rate(), 9.9, 0.05);
}

// It used to go down to half a call a second: a cluster that was throttled again and again took
// that from all others.
TEST(TokenBucketTest, KeepsATenthOfThePublishedRate) {
  TokenBucket bucket(kLimit, 0.5, kStart);
  for (int i = 0; i < 100; ++i) bucket.SlowDown(kStart + (i * 1s));
  EXPECT_NEAR(bucket.rate(), 2.0, 0.01);
}

TEST(TokenBucketTest, KeepsNoMoreThanItsShare) {
  TokenBucket bucket(kLimit, 0.05, kStart);
  for (int i = 0; i < 100; ++i) bucket.SlowDown(kStart + (i * 1s));
  EXPECT_NEAR(bucket.rate(), 1.0, 0.01);
}

TEST(TokenBucketTest, RecoversToTheShareWithinAMinuteAndNoFurther) {
  TokenBucket bucket(kLimit, 0.5, kStart);
  auto now = kStart;
  for (int i = 0; i < 20; ++i) bucket.SlowDown(now += 1s);
  const double slow = bucket.rate();
  EXPECT_LT(slow, 2.1);
  static_cast<void>(bucket.Take(now + 30s));
  EXPECT_NEAR(bucket.rate(), slow + 5, 0.01);
  static_cast<void>(bucket.Take(now + 10min));
  EXPECT_EQ(bucket.rate(), 10.0);
  EXPECT_EQ(bucket.tokens(), 49.0);
}

TEST(TokenBucketTest, AGivenBackTokenIsThereAgain) {
  TokenBucket bucket(kLimit, 0.5, kStart);
  for (int i = 0; i < 98; ++i) static_cast<void>(bucket.Take(kStart));
  bucket.GiveBack();
  EXPECT_EQ(bucket.Take(kStart), kStart);
}

// AWS' side of it, to the letter of the published limit.
class Referee {
 public:
  bool Accepts(double at) {
    tokens_ = std::min(tokens_ + ((at - last_) * kLimit.per_second), kLimit.burst);
    last_ = at;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double tokens_ = kLimit.burst;
  double last_ = 0;
};

TEST(TokenBucketTest, AColdStartIsNotThrottledAndTakesNoMoreThanFivePercentLongerThanItMust) {
  constexpr int kCalls = 2000;
  std::minstd_rand generator{7};
  std::uniform_real_distribution<double> latency(0.02, 0.06);
  TokenBucket bucket(kLimit, 0.5, kStart);
  std::vector<double> arrivals;
  for (int i = 0; i < kCalls; ++i) {
    arrivals.push_back(Seconds(bucket.Take(kStart) - kStart).count() + latency(generator));
  }
  std::ranges::sort(arrivals);
  Referee referee;
  const auto throttled =
      std::ranges::count_if(arrivals, [&](double at) { return !referee.Accepts(at); });
  EXPECT_EQ(throttled, 0);
  EXPECT_LT(arrivals.back(), (kCalls - kLimit.burst) / kLimit.per_second * 1.05);
}

}  // namespace
}  // namespace ecsd::aws
