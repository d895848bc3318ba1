#include "server/health_route.h"

#include <gtest/gtest.h>

#include <chrono>

#include "server/snapshots.h"

namespace ecsd::server {
namespace {

using std::chrono::minutes;

TEST(AnswerHealthyTest, FailsWhenNoClusterWasReadForLongerThanTheLimit) {
  const auto snapshot = GoodSnapshot();
  const auto last = *snapshot.last_success;

  EXPECT_EQ(AnswerHealthy(snapshot, last + minutes(15), minutes(15)).status, 200U);
  const auto late = AnswerHealthy(snapshot, last + minutes(16), minutes(15));

  EXPECT_EQ(late.status, 503U);
  EXPECT_EQ(BodyOf(late), "no cluster could be read for 960 s\n");
}

TEST(AnswerHealthyTest, CountsFromTheStartBeforeTheFirstSuccess) {
  const auto snapshot = EmptySnapshot();

  EXPECT_EQ(AnswerHealthy(snapshot, snapshot.started + minutes(14), minutes(15)).status, 200U);
  EXPECT_EQ(AnswerHealthy(snapshot, snapshot.started + minutes(16), minutes(15)).status, 503U);
}

TEST(AnswerHealthyTest, NeverFailsWithoutALimit) {
  const auto snapshot = EmptySnapshot();

  EXPECT_EQ(AnswerHealthy(snapshot, snapshot.started + minutes(9999), {}).status, 200U);
}

TEST(AnswerReadyTest, WaitsForTheFirstGoodDiscovery) {
  EXPECT_EQ(AnswerReady(EmptySnapshot()).status, 503U);
  EXPECT_EQ(AnswerReady(GoodSnapshot()).status, 200U);
}

}  // namespace
}  // namespace ecsd::server
