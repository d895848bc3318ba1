#include "aws/cached_credentials.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "aws/credentials.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/fake_clock.h"
#include "testing/fake_credentials.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using support::ErrorKind;
using support::Fail;
using test::Failed;
using test::FailureOf;
using test::Keys;
using test::Must;

class CachedCredentialsTest : public testing::Test {
 protected:
  [[nodiscard]] Credentials Get() { return Must(cached_.Get({})); }

  test::FakeClock clock_;
  test::FakeCredentialSource source_;
  CachedCredentials cached_{source_, clock_};
};

TEST_F(CachedCredentialsTest, KeepsKeysUntilFiveMinutesBeforeTheyExpire) {
  const auto first = Keys("first", clock_.Now() + 1h);
  const auto second = Keys("second", clock_.Now() + 2h);
  source_.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  clock_.Advance(55min - 1s);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(source_.fetches(), 1U);
  clock_.Advance(1s);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source_.fetches(), 2U);
}

TEST_F(CachedCredentialsTest, RenewsShortSessionsInTheLastQuarterOfTheirLife) {
  const auto first = Keys("first", clock_.Now() + 4min);
  const auto second = Keys("second", clock_.Now() + 8min);
  source_.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  clock_.Advance(3min - 1s);
  EXPECT_EQ(Get(), first);
  clock_.Advance(1s);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source_.fetches(), 2U);
}

TEST_F(CachedCredentialsTest, ReadsKeysWithoutAnExpiryAgainAfterAMinute) {
  source_.Queue(Keys("first")).Queue(Keys("second"));
  EXPECT_EQ(Get(), Keys("first"));
  clock_.Advance(59s);
  EXPECT_EQ(Get(), Keys("first"));
  clock_.Advance(1s);
  EXPECT_EQ(Get(), Keys("second"));
}

TEST_F(CachedCredentialsTest, ReadsKeysWithoutAnExpiryAgainWhenTheClockWasSetBack) {
  source_.Queue(Keys("first")).Queue(Keys("second"));
  EXPECT_EQ(Get(), Keys("first"));
  clock_.SetNow(clock_.Now() - 1h);
  EXPECT_EQ(Get(), Keys("second"));
}

TEST_F(CachedCredentialsTest, KeepsValidKeysWhenTheRenewalFails) {
  const auto first = Keys("first", clock_.Now() + 1h);
  source_.Queue(first).Queue(Fail(ErrorKind::kServer, "sts is down"));
  EXPECT_EQ(Get(), first);
  clock_.Advance(56min);
  EXPECT_EQ(Get(), first);
  clock_.Advance(4min - 1s);
  EXPECT_EQ(Get(), first);
  clock_.Advance(1s);
  EXPECT_EQ(FailureOf(cached_.Get({})),
            (Failed{.kind = ErrorKind::kServer, .message = "sts is down"}));
}

// Every call used to try the renewal again, and to wait for it, one after the other.
TEST_F(CachedCredentialsTest, RepeatsAFailedRenewalEveryThirtySecondsOnly) {
  const auto first = Keys("first", clock_.Now() + 1h);
  const auto second = Keys("second", clock_.Now() + 3h);
  source_.Queue(first).Queue(Fail(ErrorKind::kTimeout, "sts hangs")).Queue(second);
  EXPECT_EQ(Get(), first);
  clock_.Advance(56min);
  EXPECT_EQ(Get(), first);
  clock_.Advance(29s);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(source_.fetches(), 2U);
  clock_.Advance(1s);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source_.fetches(), 3U);
}

TEST_F(CachedCredentialsTest, DoesNotUseKeysWithoutAnExpiryOnceTheirPlaceIsBroken) {
  source_.Queue(Keys("first")).Queue(Fail(ErrorKind::kConfig, "broken"));
  EXPECT_EQ(Get(), Keys("first"));
  clock_.Advance(1min);
  EXPECT_EQ(FailureOf(cached_.Get({})), (Failed{.kind = ErrorKind::kConfig, .message = "broken"}));
}

TEST_F(CachedCredentialsTest, FetchesAgainAfterAFailure) {
  source_.Queue(Fail(ErrorKind::kCredentials, "none")).Queue(Keys("first"));
  EXPECT_EQ(FailureOf(cached_.Get({})),
            (Failed{.kind = ErrorKind::kCredentials, .message = "none"}));
  EXPECT_EQ(Get(), Keys("first"));
}

TEST_F(CachedCredentialsTest, FetchesAnewWhatWasDiscarded) {
  const auto first = Keys("first", clock_.Now() + 1h);
  const auto second = Keys("second", clock_.Now() + 1h);
  source_.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  cached_.Discard(first);
  EXPECT_EQ(Get(), second);
}

TEST_F(CachedCredentialsTest, DoesNotFallBackOnWhatWasDiscarded) {
  const auto first = Keys("first", clock_.Now() + 1h);
  source_.Queue(first).Queue(Fail(ErrorKind::kDenied, "no more"));
  EXPECT_EQ(Get(), first);
  cached_.Discard(first);
  EXPECT_EQ(FailureOf(cached_.Get({})), (Failed{.kind = ErrorKind::kDenied, .message = "no more"}));
}

TEST_F(CachedCredentialsTest, FetchesAtOnceWhatWasDiscardedAfterAFailedRenewal) {
  const auto first = Keys("first", clock_.Now() + 1h);
  const auto second = Keys("second", clock_.Now() + 2h);
  source_.Queue(first).Queue(Fail(ErrorKind::kServer, "down")).Queue(second);
  EXPECT_EQ(Get(), first);
  clock_.Advance(56min);
  EXPECT_EQ(Get(), first);
  cached_.Discard(first);
  EXPECT_EQ(Get(), second);
}

TEST_F(CachedCredentialsTest, KeepsKeysThatSomebodyElseHasRenewedAlready) {
  const auto first = Keys("first", clock_.Now() + 1h);
  const auto second = Keys("second", clock_.Now() + 1h);
  source_.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  cached_.Discard(first);
  EXPECT_EQ(Get(), second);
  cached_.Discard(first);  // of a call that was slower
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source_.fetches(), 2U);
}

TEST_F(CachedCredentialsTest, HandsTheDeadlineToTheSource) {
  class Recorder final : public CredentialSource {
   public:
    support::Result<Credentials> Fetch(const Deadline& deadline) override {
      at = deadline.at;
      return Keys("x");
    }
    support::SteadyTime at;
  };
  Recorder recorder;
  CachedCredentials cached(recorder, clock_);
  EXPECT_TRUE(cached.Get({.stop = {}, .at = clock_.Steady() + 7s}));
  EXPECT_EQ(recorder.at, clock_.Steady() + 7s);
}

TEST_F(CachedCredentialsTest, FetchesOnceForAllThatAskAtTheSameTime) {
  constexpr std::size_t kThreads = 8;
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  source_.OnFetch([&] {
    most = std::max(most.load(), ++inside);
    std::this_thread::yield();
    --inside;
  });
  const auto keys = Keys("first", clock_.Now() + 1h);
  source_.Queue(keys);
  std::vector<Credentials> given(kThreads);
  {
    std::latch start(kThreads);
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (auto& mine : given) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        mine = Must(cached_.Get({}));
      });
    }
  }
  EXPECT_EQ(given, std::vector<Credentials>(kThreads, keys));
  EXPECT_EQ(source_.fetches(), 1U);
  EXPECT_EQ(most, 1);
}

TEST_F(CachedCredentialsTest, RenewsOnceForAllThatWereRefusedAtTheSameTime) {
  constexpr std::size_t kThreads = 8;
  const auto first = Keys("first", clock_.Now() + 1h);
  const auto second = Keys("second", clock_.Now() + 1h);
  source_.Queue(first).Queue(second).Queue(Keys("third", clock_.Now() + 1h));
  EXPECT_EQ(Get(), first);
  std::vector<Credentials> given(kThreads);
  {
    std::latch start(kThreads);
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (auto& mine : given) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        cached_.Discard(first);
        mine = Must(cached_.Get({}));
      });
    }
  }
  EXPECT_EQ(given, std::vector<Credentials>(kThreads, second));
  EXPECT_EQ(source_.fetches(), 2U);
}

}  // namespace
}  // namespace ecsd::aws
