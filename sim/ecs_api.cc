#include "sim/ecs_api.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/json.h"
#include "sim/lies.h"
#include "sim/paging.h"

namespace ecsd::sim {
namespace {

using Operation = std::pair<std::string_view, ApiResult (*)(const EcsCall&)>;

constexpr std::array kOperations = {
    Operation{"ListClusters", &ListClusters},
    Operation{"ListTasks", &ListTasks},
    Operation{"ListContainerInstances", &ListContainerInstances},
    Operation{"ListServices", &ListServices},
    Operation{"DescribeServices", &DescribeServices},
    Operation{"DescribeClusters", &DescribeClusters},
    Operation{"DescribeTasks", &DescribeTasks},
    Operation{"DescribeTaskDefinition", &DescribeTaskDefinition},
    Operation{"DescribeContainerInstances", &DescribeContainerInstances},
};

const Operation* FindOperation(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(kOperations, [&](const Operation& one) { return one.first == name; });
  return found == kOperations.end() ? nullptr : found;
}

}  // namespace

bool IsEcsOperation(std::string_view operation) {
  return FindOperation(operation) != nullptr;
}

ApiResult CallEcs(std::string_view operation, std::string_view body, const Account& account,
                  const PagingRules& paging, std::optional<FaultKind> twist) {
  const std::optional<Json> input = ParseJson(body);
  if (!input || !input->is_object()) {
    return FailApi(400, "SerializationException",
                   "Start of structure or map found where not expected.");
  }
  ApiResult right = FindOperation(operation)->second(
      {.account = account, .paging = paging, .input = *input, .twist = twist});
  if (!right || !twist || !IsLie(*twist)) return right;
  return BelieBody(*twist, operation, *std::move(right), account);
}

tl::expected<const Cluster*, ApiError> RequireCluster(const Account& account,
                                                      std::string_view name_or_arn) {
  const Cluster* cluster = account.FindCluster(name_or_arn.empty() ? "default" : name_or_arn);
  if (cluster == nullptr) return FailApi(400, "ClusterNotFoundException", "Cluster not found.");
  return cluster;
}

}  // namespace ecsd::sim
