#include "support/clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>

namespace ecsd::support {
namespace {

using namespace std::chrono_literals;

TEST(RealClockTest, SleepEndsAtOnceWhenStopped) {
  const RealClock clock;
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(clock.SleepUntil(stop.get_token(), clock.Steady() + 1h));
}

TEST(RealClockTest, SleepsUntilTheGivenTime) {
  const RealClock clock;
  const auto when = clock.Steady() + 5ms;
  EXPECT_TRUE(clock.SleepUntil({}, when));
  EXPECT_GE(clock.Steady(), when);
}

}  // namespace
}  // namespace ecsd::support
