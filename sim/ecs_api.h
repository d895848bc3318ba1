#pragma once

#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/json.h"
#include "sim/paging.h"

namespace ecsd::sim {

// One call of an ECS operation: values in, bytes out.
struct EcsCall {
  const Account& account;
  PagingRules paging;
  const Json& input;
  // A fault that changes what a right answer says; other kinds are ignored here.
  std::optional<FaultKind> twist;
};

// Whether ECS has this operation here.
[[nodiscard]] bool IsEcsOperation(std::string_view operation);

// Answers `body` as the operation would: SerializationException when it is no JSON object.
// Requires: IsEcsOperation(operation).
[[nodiscard]] ApiResult CallEcs(std::string_view operation, std::string_view body,
                                const Account& account, const PagingRules& paging,
                                std::optional<FaultKind> twist);

// The operations, in ecs_list.cc, ecs_services.cc and ecs_describe.cc.
[[nodiscard]] ApiResult ListClusters(const EcsCall& call);
[[nodiscard]] ApiResult ListTasks(const EcsCall& call);
[[nodiscard]] ApiResult ListContainerInstances(const EcsCall& call);
[[nodiscard]] ApiResult ListServices(const EcsCall& call);
[[nodiscard]] ApiResult DescribeServices(const EcsCall& call);
[[nodiscard]] ApiResult DescribeClusters(const EcsCall& call);
[[nodiscard]] ApiResult DescribeTasks(const EcsCall& call);
[[nodiscard]] ApiResult DescribeTaskDefinition(const EcsCall& call);
[[nodiscard]] ApiResult DescribeContainerInstances(const EcsCall& call);

// The cluster a request names, `default` when it names none; ClusterNotFoundException without it.
[[nodiscard]] tl::expected<const Cluster*, ApiError> RequireCluster(const Account& account,
                                                                    std::string_view name_or_arn);

}  // namespace ecsd::sim
