#include "aws/cached_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <latch>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"
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
  telemetry::Log log{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
  double drawn = 0.0;
  CachedCredentials cached{source, clock, log, [this] { return drawn; }};
};

TEST_F(CachedCredentialsTest, KeepsKeysUntilAQuarterOfAnHourBeforeTheyExpire) {
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 2h);
  source.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(45min - 1s);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(source.fetches(), 1U);
  clock.Advance(1s);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source.fetches(), 2U);
}

TEST_F(CachedCredentialsTest, RenewsShortSessionsHalfWayThroughTheirLife) {
  const auto first = Keys("first", clock.Now() + 4min);
  const auto second = Keys("second", clock.Now() + 8min);
  source.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(2min - 1s);
  EXPECT_EQ(Get(), first);
  clock.Advance(1s);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(source.fetches(), 2U);
}

TEST_F(CachedCredentialsTest, RenewsUpToAQuarterOfTheWindowLater) {
  drawn = 0.999'999;
  const auto first = Keys("first", clock.Now() + 1h);
  source.Queue(first).Queue(Keys("second", clock.Now() + 2h));
  EXPECT_EQ(Get(), first);
  clock.Advance(45min + 225s - 1s);
  EXPECT_EQ(Get(), first);
  clock.Advance(1s);
  EXPECT_NE(Get(), first);
}

TEST_F(CachedCredentialsTest, ReadsKeysWithoutAnExpiryAgainAfterAMinute) {
  source.Queue(Keys("first")).Queue(Keys("second"));
  EXPECT_EQ(Get(), Keys("first"));
  clock.Advance(59s);
  EXPECT_EQ(Get(), Keys("first"));
  clock.Advance(1s);
  EXPECT_EQ(Get(), Keys("second"));
}

// A credential_process that names no end used to be run every minute.
TEST_F(CachedCredentialsTest, FetchesCostlyKeysWithoutAnExpiryAgainOnlyWhenTheyAreRefused) {
  auto first = Keys("first");
  first.costly = true;
  source.Queue(first).Queue(Keys("second"));
  EXPECT_EQ(Get(), first);
  clock.Advance(24h);
  EXPECT_EQ(Get(), first);
  cached.Discard(first);
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

// Near the end half a minute would be too long.
TEST_F(CachedCredentialsTest, RepeatsAFailedRenewalMoreOftenTowardsTheEnd) {
  const auto first = Keys("first", clock.Now() + 20s);
  const auto second = Keys("second", clock.Now() + 1h);
  source.Queue(first).Queue(Fail(ErrorKind::kTimeout, "sts hangs")).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(12s);
  EXPECT_EQ(Get(), first);
  clock.Advance(2s - 1ms);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(source.fetches(), 2U);
  clock.Advance(1ms);
  EXPECT_EQ(Get(), second);
}

// A source may give the same keys until shortly before their end.
TEST_F(CachedCredentialsTest, AsksForTheSameKeysLessAndLessOften) {
  const auto keys = Keys("same", clock.Now() + 1h);
  source.Queue(keys);
  for (int second = 0; second < 3600; ++second) {
    EXPECT_EQ(Get(), keys);
    clock.Advance(1s);
  }
  EXPECT_LT(source.fetches(), 16U);
}

// A clock that is ahead makes good keys look expired; the service has the last word.
TEST_F(CachedCredentialsTest, GivesKeysThatHaveExpiredAndAsksForOthersEveryThirtySeconds) {
  const auto old = Keys("old", support::SystemTime::min());
  const auto next = Keys("next", clock.Now() + 1h);
  source.Queue(old).Queue(next);
  EXPECT_EQ(Get(), old);
  clock.Advance(29s);
  EXPECT_EQ(Get(), old);
  EXPECT_EQ(source.fetches(), 1U);
  clock.Advance(1s);
  EXPECT_EQ(Get(), next);
  clock.Advance(25min);
  EXPECT_EQ(Get(), next);
}

TEST_F(CachedCredentialsTest, AsksAtOnceForOthersWhenKeysThatHaveExpiredAreRefused) {
  const auto old = Keys("old", clock.Now() - 1s);
  const auto next = Keys("next", clock.Now() + 1h);
  source.Queue(old).Queue(next);
  EXPECT_EQ(Get(), old);
  cached.Discard(old);
  EXPECT_EQ(Get(), next);
}

TEST_F(CachedCredentialsTest, SaysOnceThatKeysHaveExpiredAndThatThereAreOthers) {
  testing::internal::CaptureStderr();
  const telemetry::Log loud(telemetry::LogLevel::kInfo, telemetry::LogFormat::kLogfmt);
  CachedCredentials over(source, clock, loud, [] { return 0.0; });
  for (const char* name : {"a", "b", "c"}) source.Queue(Keys(name, clock.Now() - 1h));
  source.Queue(Keys("d", clock.Now() + 1h));
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(over.Get({}));
    clock.Advance(30s);
  }
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(said, '\n'), 2) << said;
  EXPECT_THAT(said, testing::HasSubstr("have expired by the local clock"));
  EXPECT_THAT(said, testing::HasSubstr("AWS credentials renewed"));
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

// As when another call has renewed them since, under the same id.
TEST_F(CachedCredentialsTest, KeepsKeysWhoseSessionIsAnotherThanTheRefusedOne) {
  auto first = Keys("first", clock.Now() + 1h);
  source.Queue(first);
  EXPECT_EQ(Get(), first);
  auto older = first;
  older.session_token = support::Secret("older");
  cached.Discard(older);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(source.fetches(), 1U);
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
  CachedCredentials over(recorder, clock, log);
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

// The other callers used to wait for the renewal, however long the old keys were good.
TEST_F(CachedCredentialsTest, LetsOthersUseTheOldKeysDuringARenewal) {
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 2h);
  source.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(50min);
  std::latch renewing(1);
  std::latch go_on(1);
  source.OnFetch([&] {
    renewing.count_down();
    go_on.wait();
  });
  Credentials of_renewer;
  {
    const std::jthread renewer([&] { of_renewer = Must(cached.Get({})); });
    renewing.wait();
    EXPECT_EQ(Get(), first);
    go_on.count_down();
  }
  EXPECT_EQ(of_renewer, second);
  EXPECT_EQ(Get(), second);
}

TEST_F(CachedCredentialsTest, LetsOthersWaitForTheRenewalShortlyBeforeTheEnd) {
  const auto first = Keys("first", clock.Now() + 1h);
  const auto second = Keys("second", clock.Now() + 2h);
  source.Queue(first).Queue(second);
  EXPECT_EQ(Get(), first);
  clock.Advance(56min);
  std::latch renewing(1);
  source.OnFetch([&] {
    renewing.count_down();
    std::this_thread::yield();
  });
  const std::jthread renewer([&] { EXPECT_EQ(Must(cached.Get({})), second); });
  renewing.wait();
  EXPECT_EQ(Get(), second);
}

TEST_F(CachedCredentialsTest, EndsTheWaitForARenewalWhenItIsStopped) {
  source.Queue(Keys("first", clock.Now() + 1h));
  std::latch renewing(1);
  std::latch go_on(1);
  source.OnFetch([&] {
    renewing.count_down();
    go_on.wait();
  });
  const std::jthread renewer([&] { EXPECT_TRUE(cached.Get({}).has_value()); });
  renewing.wait();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(FailureOf(cached.Get({.stop = stop.get_token(), .at = {}})).kind,
            ErrorKind::kCancelled);
  go_on.count_down();
}

TEST_F(CachedCredentialsTest, SharesAFailureWithAllThatWaitedForIt) {
  source.Queue(Fail(ErrorKind::kServer, "down"));
  std::latch renewing(1);
  std::latch go_on(1);
  std::atomic<bool> first{true};
  source.OnFetch([&] {
    if (!first.exchange(false)) return;
    renewing.count_down();
    go_on.wait();
  });
  std::vector<std::jthread> callers;
  callers.emplace_back([&] { EXPECT_EQ(FailureOf(cached.Get({})).message, "down"); });
  renewing.wait();
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] { EXPECT_EQ(FailureOf(cached.Get({})).message, "down"); });
  }
  go_on.count_down();
}

// What a renewal takes is no time for the calls that wait for nothing else.
TEST_F(CachedCredentialsTest, GivesARenewalHalfAMinuteWhileTheOldKeysLast) {
  class Recorder final : public CredentialSource {
   public:
    explicit Recorder(const test::FakeClock& clock) : clock_(clock) {}
    support::Result<Credentials> Fetch(const Deadline& deadline) override {
      given.push_back(deadline.at - clock_.Steady());
      return Keys("x", clock_.Now() + 1h);
    }
    std::vector<support::SteadyTime::duration> given;

   private:
    const test::FakeClock& clock_;
  };
  Recorder recorder(clock);
  CachedCredentials over(recorder, clock, log, [] { return 0.0; });
  for (const auto wait : {0min, 50min, 56min}) {
    clock.Advance(wait);
    EXPECT_TRUE(over.Get({.stop = {}, .at = clock.Steady() + 5min}));
  }
  EXPECT_EQ(recorder.given, (std::vector<support::SteadyTime::duration>{5min, 30s, 5min}));
}

// Time-compressed: an hour of keys that last ten seconds, and two callers at a time.
TEST_F(CachedCredentialsTest, NeverGivesExpiredKeysInAnHourOfShortOnes) {
  class ShortKeys final : public CredentialSource {
   public:
    explicit ShortKeys(const test::FakeClock& clock) : clock_(clock) {}
    support::Result<Credentials> Fetch(const Deadline& /*deadline*/) override {
      return Keys(std::to_string(++fetches), clock_.Now() + 10s);
    }
    std::atomic<int> fetches{0};

   private:
    const test::FakeClock& clock_;
  };
  ShortKeys keys(clock);
  CachedCredentials over(keys, clock, log);
  std::atomic<int> expired{0};
  for (int tick = 0; tick < 3600; ++tick) {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 2; ++i) {
      callers.emplace_back([&] {
        if (Must(over.Get({})).expires <= clock.Now() + 1s) ++expired;
      });
    }
    callers.clear();
    clock.Advance(1s);
  }
  EXPECT_EQ(expired, 0);
  EXPECT_GE(keys.fetches, 3600 / 10);
  EXPECT_LE(keys.fetches, 3600 / 4);
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
