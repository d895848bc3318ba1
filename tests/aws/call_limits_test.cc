#include "aws/call_limits.h"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "aws/endpoint.h"

namespace ecsd::aws {
namespace {

TEST(LimitOfTest, GivesThePublishedBucketOfEveryEcsCall) {
  const CallLimit cluster{.bucket = "ecs_cluster_read", .burst = 50, .per_second = 20};
  const CallLimit resource{.bucket = "ecs_cluster_resource_read", .burst = 100, .per_second = 20};
  const CallLimit definition{.bucket = "ecs_task_definition_read", .burst = 50, .per_second = 20};
  const std::vector<std::pair<std::string_view, CallLimit>> cases = {
      {"ListClusters", cluster},
      {"DescribeClusters", cluster},
      {"ListTasks", resource},
      {"DescribeTasks", resource},
      {"DescribeContainerInstances", resource},
      {"DescribeTaskDefinition", definition}};
  for (const auto& [action, limit] : cases) EXPECT_EQ(LimitOf(kEcs, action), limit) << action;
}

TEST(LimitOfTest, KnowsTheOtherServices) {
  EXPECT_EQ(LimitOf(kEc2, "DescribeInstances"),
            (CallLimit{.bucket = "ec2_describe", .burst = 100, .per_second = 20}));
  EXPECT_EQ(LimitOf(kSts, "AssumeRole"),
            (CallLimit{.bucket = "sts", .burst = 600, .per_second = 600}));
}

TEST(LimitOfTest, IsCautiousWhereNothingIsPublished) {
  EXPECT_EQ(LimitOf(kSsm, "DescribeInstanceInformation"),
            (CallLimit{.bucket = "ssm", .burst = 50, .per_second = 10}));
  EXPECT_EQ(LimitOf(kEcs, "DescribeCapacityProviders"),
            (CallLimit{.bucket = "ecs_other", .burst = 50, .per_second = 10}));
}

}  // namespace
}  // namespace ecsd::aws
