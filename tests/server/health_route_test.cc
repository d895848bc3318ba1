#include "server/health_route.h"

#include <gtest/gtest.h>

#include <chrono>

#include "server/snapshots.h"
#include "support/clock.h"

namespace ecsd::server {
namespace {

using std::chrono::minutes;

TEST(AnswerHealthyTest, FailsWhenNoClusterWasReadForLongerThanTheLimit) {
  auto snapshot = GoodSnapshot();
  const auto last = support::SteadyTime(minutes(99));
  snapshot.last_success = last;

  EXPECT_EQ(AnswerHealthy(snapshot, last + minutes(15), minutes(15)).status, 200U);
  const auto late = AnswerHealthy(snapshot, last + minutes(16), minutes(15));

  EXPECT_EQ(late.status, 503U);
  EXPECT_EQ(BodyOf(late), "no cluster could be read for 960 s\n");
}

TEST(AnswerHealthyTest, NeverFailsWithoutALimit) {
  const auto snapshot = EmptySnapshot();

  EXPECT_EQ(AnswerHealthy(snapshot, support::SteadyTime(minutes(9999)), {}).status, 200U);
}

TEST(AnswerReadyTest, WaitsForTheFirstGoodDiscovery) {
  EXPECT_EQ(AnswerReady(EmptySnapshot()).status, 503U);
  EXPECT_EQ(AnswerReady(GoodSnapshot()).status, 200U);
}

}  // namespace
}  // namespace ecsd::server
