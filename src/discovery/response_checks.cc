#include "discovery/response_checks.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "discovery/cluster_scope.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using Fault = std::optional<std::string>;

// What follows `marker` in `arn`; nothing where it is not there.
std::optional<std::string_view> AfterMarker(std::string_view arn, std::string_view marker) {
  const auto at = arn.find(marker);
  if (at == std::string_view::npos) return std::nullopt;
  return arn.substr(at + marker.size());
}

bool MayLackContainers(std::string_view last_status) {
  constexpr auto kStatuses = std::to_array<std::string_view>(
      {"PROVISIONING", "PENDING", "DEPROVISIONING", "STOPPED", "DELETED"});
  return std::ranges::find(kStatuses, last_status) != kStatuses.end();
}

// "container/CLUSTER/TASK/ID" names its task; the ARNs from before 2018, "container/ID", do not.
bool NamesAnotherTask(std::string_view container_arn, std::string_view task_arn) {
  const auto container = AfterMarker(container_arn, ":container/");
  const auto task = AfterMarker(task_arn, ":task/");
  if (!container || !task) return false;
  const auto last = container->rfind('/');
  return last != std::string_view::npos && container->substr(0, last) != *task;
}

Fault FaultOfContainers(const core::Task& task) {
  if (task.containers.empty() && !MayLackContainers(task.last_status)) return "has no containers";
  std::set<std::string_view> arns;
  for (const auto& container : task.containers) {
    if (container.name.empty()) return "has a container without a name";
    if (NamesAnotherTask(container.arn, task.arn)) {
      return fmt::format("has a container of another task, {}", container.arn);
    }
    if (!container.arn.empty() && !arns.insert(container.arn).second) {
      return fmt::format("has the container {} twice", container.arn);
    }
  }
  return std::nullopt;
}

// Family and revision, "web:7".
Fault FaultOfName(const core::TaskDefinition& definition) {
  const auto named = AfterMarker(definition.arn, ":task-definition/");
  if (!named) return std::nullopt;
  const auto colon = named->rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  if (!definition.family.empty() && definition.family != named->substr(0, colon)) {
    return fmt::format("has the family {}", definition.family);
  }
  if (definition.revision && fmt::format("{}", *definition.revision) != named->substr(colon + 1)) {
    return fmt::format("has the revision {}", *definition.revision);
  }
  return std::nullopt;
}

}  // namespace

Fault FaultOf(const core::Task& task, std::string_view cluster_arn) {
  if (!task.cluster_arn.empty() && task.cluster_arn != cluster_arn) {
    return fmt::format("is of another cluster, {}", task.cluster_arn);
  }
  if (task.last_status.empty()) return "has no lastStatus";
  if (task.desired_status.empty()) return "has no desiredStatus";
  return FaultOfContainers(task);
}

Fault FaultOf(const core::TaskDefinition& definition, std::string_view arn) {
  if (definition.arn != arn) return fmt::format("is another one, {}", definition.arn);
  if (definition.containers.empty()) return "has no containers";
  std::set<std::string_view> names;
  for (const auto& container : definition.containers) {
    if (container.name.empty()) return "has a container without a name";
    if (!names.insert(container.name).second) {
      return fmt::format("has two containers named {}", container.name);
    }
  }
  return FaultOfName(definition);
}

Fault FaultOf(const aws::Cluster& cluster) {
  if (cluster.status.empty()) return "has no status";
  const auto named = AfterMarker(cluster.arn, ":cluster/");
  if (named && !cluster.name.empty() && cluster.name != *named) {
    return fmt::format("has the name {}", cluster.name);
  }
  return std::nullopt;
}

bool HasNotBegun(const core::Task& task) {
  return task.last_status == "PROVISIONING" || task.last_status == "PENDING" ||
         task.desired_status == "PENDING";
}

bool HasKnownStatus(const core::Task& task) {
  constexpr auto kLast = std::to_array<std::string_view>({"PROVISIONING", "PENDING", "ACTIVATING",
                                                          "RUNNING", "DEACTIVATING", "STOPPING",
                                                          "DEPROVISIONING", "STOPPED", "DELETED"});
  constexpr auto kDesired = std::to_array<std::string_view>({"RUNNING", "PENDING", "STOPPED"});
  return std::ranges::find(kLast, task.last_status) != kLast.end() &&
         std::ranges::find(kDesired, task.desired_status) != kDesired.end();
}

std::optional<support::Error> DropTasksOfOtherClusters(std::vector<std::string>& task_arns,
                                                       std::string_view cluster_arn) {
  const auto is_other = [&](const std::string& arn) { return !IsOfCluster(cluster_arn, arn); };
  const auto other = std::ranges::find_if(task_arns, is_other);
  if (other == task_arns.end()) return std::nullopt;
  support::Error error{.kind = support::ErrorKind::kMalformed,
                       .message = fmt::format("ECS ListTasks: the response lists \"{}\", which is "
                                              "not a task of this cluster",
                                              *other)};
  std::erase_if(task_arns, is_other);
  return error;
}

std::optional<std::string> NoClusterArn(const std::vector<std::string>& arns) {
  const auto other = std::ranges::find_if(
      arns, [](const std::string& arn) { return !AfterMarker(arn, ":cluster/"); });
  return other == arns.end() ? std::nullopt : std::optional(*other);
}

}  // namespace ecsd::discovery
