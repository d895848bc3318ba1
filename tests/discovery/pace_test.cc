#include "discovery/pace.h"

#include <gtest/gtest.h>

namespace ecsd::discovery {
namespace {

TEST(PaceTest, ARefreshThatHadTimeForAllIsFollowedByOneWithoutHurry) {
  const auto pace = NextPace({.ran_out = false, .done = 10, .not_reached = 0});
  EXPECT_GE(pace.clusters, 64U);
  EXPECT_FALSE(pace.hurried);
}

TEST(PaceTest, AfterOneThatHadNotFewClustersAreReadAtATime) {
  const auto pace = NextPace({.ran_out = true, .done = 60, .not_reached = 200});
  EXPECT_EQ(pace.clusters, 15U);
  EXPECT_TRUE(pace.hurried);
  EXPECT_EQ(NextPace({.ran_out = true, .done = 3, .not_reached = 200}).clusters, 4U);
}

TEST(PaceTest, AfterOneThatFinishedNoneClustersAreReadOneByOne) {
  EXPECT_EQ(NextPace({.ran_out = true, .done = 0, .not_reached = 2}).clusters, 1U);
}

}  // namespace
}  // namespace ecsd::discovery
