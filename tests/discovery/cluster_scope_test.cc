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

TEST(CanBeAskedOfTest, TakesTasksOfTheClusterInBothForms) {
  const std::string base = "arn:aws:ecs:eu-west-1:111122223333:task/";
  const std::string id = "0123456789abcdef0123456789abcdef";
  EXPECT_TRUE(CanBeAskedOf(Arn("prod"), base + "prod/" + id));
  EXPECT_TRUE(CanBeAskedOf(Arn("prod"), base + id));
  EXPECT_TRUE(CanBeAskedOf(Arn("prod"), base + "2f0b9f3e-4d2b-4ccf-a8c4-d454db0ee121"));
  EXPECT_TRUE(CanBeAskedOf("no ARN", "no ARN"));
  EXPECT_FALSE(CanBeAskedOf(Arn("prod"), ""));
  EXPECT_FALSE(CanBeAskedOf(Arn("prod"), "x" + base + "prod/" + id));
  EXPECT_FALSE(CanBeAskedOf(Arn("prod"), base + "other/" + id));
  EXPECT_FALSE(CanBeAskedOf(Arn("prod"), base + "prod/" + id.substr(1)));
  EXPECT_FALSE(CanBeAskedOf(Arn("prod"), base + "prod/x/" + id));
  EXPECT_FALSE(CanBeAskedOf(Arn("prod"), Arn("prod")));
  EXPECT_FALSE(CanBeAskedOf(Arn("prod", "us-east-1"), base + "prod/" + id));
}

TEST(CanBeAClusterTest, TakesTheNamesThatAwsAllows) {
  EXPECT_TRUE(CanBeACluster(Arn("prod-1_B")));
  EXPECT_TRUE(CanBeACluster(Arn(std::string(255, 'a'))));
  EXPECT_TRUE(CanBeACluster("arn:aws-cn:ecs:cn-north-1:111122223333:cluster/prod"));
  for (const auto* name : {"", "a b", "a/b", "a.b", "a:b", "caf\xc3\xa9"}) {
    EXPECT_FALSE(CanBeACluster(Arn(name))) << name;
  }
  EXPECT_FALSE(CanBeACluster(Arn(std::string(256, 'a'))));
}

TEST(CanBeAClusterTest, SaysNothingOfWhatIsNoClusterArn) {
  EXPECT_TRUE(CanBeACluster(""));
  EXPECT_TRUE(CanBeACluster("a b"));
  EXPECT_TRUE(CanBeACluster("arn:aws:ec2:eu-west-1:111122223333:cluster/a b"));
}

TEST(WhyOutsideTest, NamesAccountsAndRegions) {
  EXPECT_EQ(WhyOutside({Arn("a", "eu-west-1", "999")}, {Arn("b")}, "eu-west-1"),
            "they are of account 999, and the credentials are of account 111122223333");
  EXPECT_EQ(WhyOutside({Arn("a", "us-east-1")}, {Arn("b")}, "eu-west-1"),
            "they are of region us-east-1, and this is region eu-west-1");
  EXPECT_EQ(WhyOutside({Arn("a")}, {Arn("b")}, "eu-west-1"), "they are not in the selection");
  EXPECT_EQ(WhyOutside({Arn("a", "eu-west-1", "999")}, {}, "eu-west-1"),
            "they are not in the selection");
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
