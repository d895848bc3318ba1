#include "discovery/cluster_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ecsd::discovery {
namespace {

using testing::ElementsAre;

std::string Arn(const std::string& name, const std::string& region = "eu-west-1",
                const std::string& account = "111122223333") {
  return "arn:aws:ecs:" + region + ":" + account + ":cluster/" + name;
}

TEST(IsNamedTest, TakesNamesOfTheRegionAndWholeArns) {
  EXPECT_TRUE(IsNamed(Arn("prod"), "prod", "eu-west-1"));
  EXPECT_TRUE(IsNamed(Arn("prod"), Arn("prod"), "eu-west-1"));
  EXPECT_FALSE(IsNamed(Arn("prod", "us-east-1"), "prod", "eu-west-1"));
  EXPECT_FALSE(IsNamed(Arn("prod-2"), "prod", "eu-west-1"));
  EXPECT_FALSE(IsNamed(Arn("a-prod"), "prod", "eu-west-1"));
  EXPECT_FALSE(IsNamed("prod", "prod", "eu-west-1"));
  EXPECT_FALSE(IsNamed("", "prod", "eu-west-1"));
}

TEST(SortAbsentTest, ConfirmsClustersOfTheListedAccountAndRegionOnly) {
  const auto absent =
      SortAbsent({"", Arn("a"), Arn("b"), Arn("c", "eu-west-1", "999"), Arn("d", "us-east-1")},
                 {Arn("a")}, "eu-west-1");
  EXPECT_THAT(absent.to_confirm, ElementsAre(Arn("b")));
  EXPECT_THAT(absent.outside, ElementsAre("", Arn("c", "eu-west-1", "999"), Arn("d", "us-east-1")));
}

TEST(SortAbsentTest, AsksForTheWholeRegionWhenNothingIsListed) {
  const auto absent = SortAbsent({Arn("a"), Arn("b", "us-east-1")}, {}, "eu-west-1");
  EXPECT_THAT(absent.to_confirm, ElementsAre(Arn("a")));
  EXPECT_THAT(absent.outside, ElementsAre(Arn("b", "us-east-1")));
}

}  // namespace
}  // namespace ecsd::discovery
