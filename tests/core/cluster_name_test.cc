#include "core/cluster_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ecsd::core {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ParseClusterArnTest, TakesTheArnApart) {
  EXPECT_EQ(
      ParseClusterArn("arn:aws:ecs:eu-west-1:123456789012:cluster/prod"),
      (ClusterArn{
          .partition = "aws", .region = "eu-west-1", .account = "123456789012", .name = "prod"}));
  for (const std::string other :
       {"", "prod", "arn:", "arn:aws:ecs:eu-west-1:1:cluster", "arn:aws:ecs:eu-west-1:1:cluster/",
        "arn:aws:ecs:eu-west-1:1:task/a/b", "arn:aws:eks:eu-west-1:1:cluster/prod",
        "arn:aws:ecs::1:cluster/prod", "arn:aws:ecs:eu-west-1::cluster/prod",
        "arn::ecs:eu-west-1:1:cluster/prod", "arn:aws:ecs:eu-west-1:1:cluster/a/b",
        "x:aws:ecs:eu-west-1:1:cluster/prod"}) {
    EXPECT_EQ(ParseClusterArn(other), std::nullopt) << other;
  }
}

TEST(ClusterInTest, FindsTheClusterInNamesAndArns) {
  const std::string arn = "arn:aws:ecs:eu-west-1:123456789012:";
  EXPECT_EQ(ClusterIn("prod"), "prod");
  EXPECT_EQ(ClusterIn(arn + "cluster/prod"), "prod");
  EXPECT_EQ(ClusterIn(arn + "task/prod/0123"), "prod");
  EXPECT_EQ(ClusterIn(arn + "service/prod/web"), "prod");
  EXPECT_EQ(ClusterIn(arn + "container/prod/0123/4567"), "prod");
  for (const auto& none :
       {std::string(), std::string("web:7"), std::string("a b"), arn + "task/0123",
        arn + "task-definition/web:7", arn + "cluster/prod/x", arn + "cluster", arn + "task/a b/0",
        std::string("arn:aws:ec2:eu-west-1:123456789012:task/prod/0123")}) {
    EXPECT_EQ(ClusterIn(none), "") << none;
  }
}

TEST(FlawOfClusterTest, TakesNamesAndArns) {
  for (const std::string& good :
       {std::string("prod"), std::string("a-b_C9"),
        std::string("arn:aws-cn:ecs:cn-north-1:1:cluster/prod"), std::string(255, 'n')}) {
    EXPECT_EQ(FlawOfCluster(good), "") << good;
  }
}

TEST(FlawOfClusterTest, SaysThatThereIsOneClusterOnly) {
  for (const std::string several :
       {"a,b", "a, b", "a b", "a;b", "a,",
        "arn:aws:ecs:eu-west-1:1:cluster/a,arn:aws:ecs:eu-west-1:1:cluster/b"}) {
    EXPECT_THAT(FlawOfCluster(several), StartsWith("one cluster only")) << several;
  }
}

TEST(FlawOfClusterTest, SaysWhatElseItIs) {
  EXPECT_THAT(FlawOfCluster("arn:aws:ecs:eu-west-1:1:task/prod/0a"),
              StartsWith("the ARN is that of a task, not of a cluster"));
  EXPECT_THAT(FlawOfCluster("arn:aws:ecs:eu-west-1:1:service/prod/web"),
              StartsWith("the ARN is that of a service, not of a cluster"));
  for (const std::string bad : {"arn:aws:eks:eu-west-1:1:cluster/prod", "arn:aws:ecs:prod",
                                "arn:aws:ecs:eu-west-1:1:cluster/"}) {
    EXPECT_THAT(FlawOfCluster(bad), StartsWith("not the ARN of an ECS cluster")) << bad;
  }
  for (const std::string& bad : {std::string("prod.eu"), std::string("cluster/prod"),
                                 std::string("*"), std::string("pr\xC3\xB6"), std::string(" "),
                                 std::string(" prod "), std::string(256, 'n')}) {
    EXPECT_THAT(FlawOfCluster(bad), HasSubstr("letters, digits, hyphens and underscores")) << bad;
  }
}

}  // namespace
}  // namespace ecsd::core
