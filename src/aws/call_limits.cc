#include "aws/call_limits.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "aws/endpoint.h"

namespace ecsd::aws {
namespace {

constexpr CallLimit kClusterRead{.bucket = "ecs_cluster_read", .burst = 50, .per_second = 20};
constexpr CallLimit kClusterResourceRead{
    .bucket = "ecs_cluster_resource_read", .burst = 100, .per_second = 20};
constexpr CallLimit kDefinitionRead{
    .bucket = "ecs_task_definition_read", .burst = 50, .per_second = 20};
constexpr CallLimit kServiceRead{.bucket = "ecs_service_read", .burst = 100, .per_second = 20};
// Filtered or with ids, as all of ours are; what is neither has a smaller bucket.
constexpr CallLimit kEc2Read{.bucket = "ec2_describe", .burst = 100, .per_second = 20};
// AssumeRole and GetCallerIdentity count together.
constexpr CallLimit kStsCalls{.bucket = "sts", .burst = 600, .per_second = 600};

using EcsLimit = std::pair<std::string_view, CallLimit>;
constexpr std::array kEcsLimits = {
    EcsLimit{"ListClusters", kClusterRead},
    EcsLimit{"DescribeClusters", kClusterRead},
    EcsLimit{"ListTasks", kClusterResourceRead},
    EcsLimit{"DescribeTasks", kClusterResourceRead},
    EcsLimit{"ListContainerInstances", kClusterResourceRead},
    EcsLimit{"DescribeContainerInstances", kClusterResourceRead},
    EcsLimit{"DescribeTaskDefinition", kDefinitionRead},
    EcsLimit{"ListServices", kServiceRead},
    EcsLimit{"DescribeServices", kServiceRead},
};

CallLimit Unpublished(std::string_view bucket) {
  return {.bucket = bucket, .burst = 50, .per_second = 10};
}

}  // namespace

CallLimit LimitOf(const Service& service, std::string_view action) {
  if (service.id == kEc2.id) return kEc2Read;
  if (service.id == kSts.id) return kStsCalls;
  if (service.id != kEcs.id) return Unpublished(service.signing_name);
  const auto* found = std::ranges::find(kEcsLimits, action, &EcsLimit::first);
  return found == kEcsLimits.end() ? Unpublished("ecs_other") : found->second;
}

}  // namespace ecsd::aws
