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
  [[nodiscard]] Credentials Get() { return Must(cached.Get({})); }

  test::FakeClock clock;
  test::FakeCredentialSource source;
  CachedCredentials cached{source, clock};
};

TEST_F(CachedCredentialsTest, KeepsKeysUntilFiveMinutesBeforeTheyExpire) {
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 2h);
  source.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(55min - 1s);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(source.fetches(), 1U);
  clock.Advance(1s);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source.fetches(), 2U);
}

TEST_F(CachedCredentialsTest, RenewsShortSessionsInTheLastQuarterOfTheirLife) {
  const auto first = Keys("first", clock.Now() + 4min);
  const auto second = Keys("second", clock.Now() + 8min);
  source.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(3min - 1s);
  EXPECT_EQ(Get(), first);
  clock.Advance(1s);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source.fetches(), 2U);
}

TEST_F(CachedCredentialsTest, ReadsKeysWithoutAnExpiryAgainAfterAMinute) {
  source.Queue(Keys("first")).Queue(Keys("second"));
  EXPECT_EQ(Get(), Keys("first"));
  clock.Advance(59s);
  EXPECT_EQ(Get(), Keys("first"));
  clock.Advance(1s);
  EXPECT_EQ(Get(), Keys("second"));
}

TEST_F(CachedCredentialsTest, ReadsKeysWithoutAnExpiryAgainWhenTheClockWasSetBack) {
  source.Queue(Keys("first")).Queue(Keys("second"));
  EXPECT_EQ(Get(), Keys("first"));
  clock.SetNow(clock.Now() - 1h);
  EXPECT_EQ(Get(), Keys("second"));
}

TEST_F(CachedCredentialsTest, KeepsValidKeysWhenTheRenewalFails) {
  const auto first = Keys("first", clock.Now() + 1h);
  source.Queue(first).Queue(Fail(ErrorKind::kServer, "sts is down"));
  EXPECT_EQ(Get(), first);
  clock.Advance(56min);
  EXPECT_EQ(Get(), first);
  clock.Advance(4min - 1s);
  EXPECT_EQ(Get(), first);
  clock.Advance(1s);
  EXPECT_EQ(FailureOf(cached.Get({})),
            (Failed{.kind = ErrorKind::kServer, .message = "sts is down"}));
}

// Every call used to try the renewal again, and to wait for it, one after the other.
TEST_F(CachedCredentialsTest, RepeatsAFailedRenewalEveryThirtySecondsOnly) {
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 3h);
  source.Queue(first).Queue(Fail(ErrorKind::kTimeout, "sts hangs")).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(56min);
  EXPECT_EQ(Get(), first);
  clock.Advance(29s);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(source.fetches(), 2U);
  clock.Advance(1s);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source.fetches(), 3U);
}

TEST_F(CachedCredentialsTest, DoesNotUseKeysWithoutAnExpiryOnceTheirPlaceIsBroken) {
  source.Queue(Keys("first")).Queue(Fail(ErrorKind::kConfig, "broken"));
  EXPECT_EQ(Get(), Keys("first"));
  clock.Advance(1min);
  EXPECT_EQ(FailureOf(cached.Get({})), (Failed{.kind = ErrorKind::kConfig, .message = "broken"}));
}

TEST_F(CachedCredentialsTest, FetchesAgainAfterAFailure) {
  source.Queue(Fail(ErrorKind::kCredentials, "none")).Queue(Keys("first"));
  EXPECT_EQ(FailureOf(cached.Get({})),
            (Failed{.kind = ErrorKind::kCredentials, .message = "none"}));
  EXPECT_EQ(Get(), Keys("first"));
}

TEST_F(CachedCredentialsTest, FetchesAnewWhatWasDiscarded) {
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 1h);
  source.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  cached.Discard(first);
  EXPECT_EQ(Get(), second);
}

TEST_F(CachedCredentialsTest, DoesNotFallBackOnWhatWasDiscarded) {
  const auto first = Keys("first", clock.Now() + 1h);
  source.Queue(first).Queue(Fail(ErrorKind::kDenied, "no more"));
  EXPECT_EQ(Get(), first);
  cached.Discard(first);
  EXPECT_EQ(FailureOf(cached.Get({})), (Failed{.kind = ErrorKind::kDenied, .message = "no more"}));
}

TEST_F(CachedCredentialsTest, FetchesAtOnceWhatWasDiscardedAfterAFailedRenewal) {
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 2h);
  source.Queue(first).Queue(Fail(ErrorKind::kServer, "down")).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(56min);
  EXPECT_EQ(Get(), first);
  cached.Discard(first);
  EXPECT_EQ(Get(), second);
}

TEST_F(CachedCredentialsTest, KeepsKeysThatSomebodyElseHasRenewedAlready) {
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 1h);
  source.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  cached.Discard(first);
  EXPECT_EQ(Get(), second);
  cached.Discard(first);  // of a call that was slower
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source.fetches(), 2U);
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
  CachedCredentials over(recorder, clock);
  EXPECT_TRUE(over.Get({.stop = {}, .at = clock.Steady() + 7s}));
  EXPECT_EQ(recorder.at, clock.Steady() + 7s);
}

TEST_F(CachedCredentialsTest, FetchesOnceForAllThatAskAtTheSameTime) {
  constexpr std::size_t kThreads = 8;
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  source.OnFetch([&] {
    most = std::max(most.load(), ++inside);
    std::this_thread::yield();
    --inside;
  });
  const auto keys = Keys("first", clock.Now() + 1h);
  source.Queue(keys);
  std::vector<Credentials> given(kThreads);
  {
    std::latch start(kThreads);
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (auto& mine : given) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        mine = Must(cached.Get({}));
      });
    }
  }
  EXPECT_EQ(given, std::vector<Credentials>(kThreads, keys));
  EXPECT_EQ(source.fetches(), 1U);
  EXPECT_EQ(most, 1);
}

TEST_F(CachedCredentialsTest, RenewsOnceForAllThatWereRefusedAtTheSameTime) {
  constexpr std::size_t kThreads = 8;
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 1h);
  source.Queue(first).Queue(second).Queue(Keys("third", clock.Now() + 1h));
  EXPECT_EQ(Get(), first);
  std::vector<Credentials> given(kThreads);
  {
    std::latch start(kThreads);
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (auto& mine : given) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        cached.Discard(first);
        mine = Must(cached.Get({}));
      });
    }
  }
  EXPECT_EQ(given, std::vector<Credentials>(kThreads, second));
  EXPECT_EQ(source.fetches(), 2U);
}

}  // namespace
}  // namespace ecsd::aws
