#include "discovery/schedule.h"

#include <gtest/gtest.h>

#include <chrono>

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;

const support::SteadyTime kFirst{1h};

TEST(NextStartTest, IsOneIntervalAfterTheLastStart) {
  EXPECT_EQ(NextStart(kFirst, 1min, kFirst + 2s, 0.0), kFirst + 1min);
  EXPECT_EQ(NextStart(kFirst, 1min, kFirst + 61s, 0.0), kFirst + 2min);
}

TEST(NextStartTest, SkipsStartsThatASlowRefreshMissed) {
  EXPECT_EQ(NextStart(kFirst, 1min, kFirst + 3min + 30s, 0.0), kFirst + 4min);
}

TEST(NextStartTest, IsAWholeIntervalAwayWhenARefreshEndsOnTheDot) {
  EXPECT_EQ(NextStart(kFirst, 1min, kFirst + 1min, 0.0), kFirst + 2min);
}

TEST(NextStartTest, AddsAtMostFivePercent) {
  EXPECT_EQ(NextStart(kFirst, 100s, kFirst, 0.5), kFirst + 102s + 500ms);
  EXPECT_LT(NextStart(kFirst, 100s, kFirst, 0.999999), kFirst + 105s);
}

}  // namespace
}  // namespace ecsd::discovery
