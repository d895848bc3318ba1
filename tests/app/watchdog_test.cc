#include "app/watchdog.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stop_token>
#include <string>

#include "telemetry/log.h"

namespace ecsd::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WatchdogTest : public testing::Test {
 protected:
  // What the process was doing when it was ended.
  [[nodiscard]] std::string Ended() {
    auto ended = ended_.get_future();
    if (ended.wait_for(seconds(60)) != std::future_status::ready) return "never ended";
    return ended.get();
  }
  [[nodiscard]] Watchdog::OnStuck End() {
    return [this](const std::string& doing, seconds) {
      ++times_;
      ended_.set_value(doing);
    };
  }

  std::stop_source stop_;
  std::atomic<int> times_ = 0;
  std::promise<std::string> ended_;
};

TEST_F(WatchdogTest, EndsWhatTakesLongerThanExpected) {
  Watchdog watchdog(stop_.get_token(), {.stop = seconds(60), .tick = milliseconds(2)}, End());
  watchdog.Expect("a", seconds(60));
  watchdog.Expect("b", milliseconds(20));
  EXPECT_EQ(Ended(), "b");
}

TEST_F(WatchdogTest, EndsWhatDoesNotStop) {
  Watchdog watchdog(stop_.get_token(), {.stop = milliseconds(500), .tick = milliseconds(2)}, End());
  watchdog.Allow("waiting");
  stop_.request_stop();
  watchdog.Allow("writing");
  EXPECT_EQ(Ended(), "writing");
}

TEST_F(WatchdogTest, GivesSignsOfLifeUntilTheProcessIsStuck) {
  std::promise<void> sign;
  std::atomic<int> signs = 0;
  Watchdog watchdog(stop_.get_token(), {.stop = seconds(60), .tick = milliseconds(1)}, End(), [&] {
    if (++signs == 3) sign.set_value();
  });
  EXPECT_EQ(sign.get_future().wait_for(seconds(60)), std::future_status::ready);
  watchdog.Expect("a", milliseconds(0));
  EXPECT_EQ(Ended(), "a");
}

TEST_F(WatchdogTest, LetsEverythingElseBe) {
  {
    Watchdog watchdog(stop_.get_token(), {.stop = milliseconds(1), .tick = milliseconds(1)}, End());
    for (int i = 0; i < 50; ++i) {
      watchdog.Expect("a", seconds(60));
      watchdog.Allow("b");
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  EXPECT_EQ(times_, 0);
}

// Threads that each do something beside the main thread.
TEST_F(WatchdogTest, EndsWhatOneOfSeveralThreadsTakesTooLongFor) {
  Watchdog watchdog(stop_.get_token(), {.stop = seconds(60), .tick = milliseconds(2)}, End());
  watchdog.Allow("waiting");
  const auto reading = watchdog.Begin("reading", seconds(60));
  {
    const auto done = watchdog.Begin("done", seconds(60));
  }
  const auto writing = watchdog.Begin("writing", milliseconds(20));
  EXPECT_EQ(Ended(), "writing");
}

TEST_F(WatchdogTest, LetsEverythingBeThatEndedInItsTime) {
  {
    Watchdog watchdog(stop_.get_token(), {.stop = seconds(60), .tick = milliseconds(1)}, End());
    watchdog.Allow("waiting");
    for (int i = 0; i < 20; ++i) {
      const auto writing = watchdog.Begin("writing", seconds(60));
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  EXPECT_EQ(times_, 0);
}

// A look that comes late is no sign that the program was stuck all that time.
TEST_F(WatchdogTest, CountsNoMoreThanTwoTicksAtOnce) {
  Watchdog watchdog(stop_.get_token(), {.stop = seconds(60), .tick = milliseconds(10)},
                    [this](const std::string&, seconds) { ended_.set_value("ended"); });
  const auto start = std::chrono::steady_clock::now();
  watchdog.Expect("a", milliseconds(100));
  EXPECT_EQ(Ended(), "ended");
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(45));
}

TEST(EndStuckProcessTest, SaysWhatItWasDoingAndEndsWithStatusThree) {
  EXPECT_EXIT(EndStuckProcess("writing", seconds(7), telemetry::LogFormat::kLogfmt),
              testing::ExitedWithCode(3),
              "level=error msg=\"stuck, so the process is ended\" doing=writing seconds=7");
}

}  // namespace
}  // namespace ecsd::app
