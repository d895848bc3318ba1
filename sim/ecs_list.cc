#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/ecs_api.h"
#include "sim/ecs_input.h"
#include "sim/ecs_listing.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

struct TaskFilter {
  std::string desired_status;
  std::string launch_type;
  std::string family;
  std::string service;
  std::string container_instance;
  std::string started_by;
  std::string daemon;

  [[nodiscard]] bool Accepts(const Task& task) const {
    return daemon.empty() && (task.stopped ? "STOPPED" : task.desired_status) == desired_status &&
           (launch_type.empty() || task.launch_type == launch_type) &&
           (family.empty() || task.family == family) &&
           (service.empty() || task.group == "service:" + service) &&
           (container_instance.empty() ||
            ShortId(task.container_instance_arn) == ShortId(container_instance)) &&
           (started_by.empty() || task.started_by == started_by);
  }
};

TaskFilter ReadFilter(EcsInput& input) {
  const std::string status = input.Text("desiredStatus");
  return {.desired_status = status.empty() ? "RUNNING" : status,
          .launch_type = input.Text("launchType"),
          .family = input.Text("family"),
          .service = std::string(ShortId(input.Text("serviceName"))),
          .container_instance = input.Text("containerInstance"),
          .started_by = input.Text("startedBy"),
          .daemon = input.Text("daemonName")};
}

tl::expected<void, ApiError> CheckFilter(const TaskFilter& filter, const Cluster& cluster,
                                         const Json& input) {
  constexpr std::array<std::string_view, 3> kStatuses = {"RUNNING", "PENDING", "STOPPED"};
  constexpr std::array<std::string_view, 5> kLaunchTypes = {"", "EC2", "FARGATE", "EXTERNAL",
                                                            "MANAGED_INSTANCES"};
  if (std::ranges::find(kStatuses, filter.desired_status) == kStatuses.end()) {
    return FailApi(400, "InvalidParameterException",
                   "Invalid desiredStatus. It must be one of RUNNING, PENDING, STOPPED.");
  }
  if (std::ranges::find(kLaunchTypes, filter.launch_type) == kLaunchTypes.end()) {
    return FailApi(400, "InvalidParameterException",
                   "Invalid launchType. It must be one of EC2, FARGATE, EXTERNAL, "
                   "MANAGED_INSTANCES.");
  }
  const bool others = !filter.launch_type.empty() || !filter.family.empty() ||
                      !filter.service.empty() || !filter.container_instance.empty() ||
                      !filter.daemon.empty() || Member(input, "desiredStatus") != nullptr;
  if (!filter.started_by.empty() && others) {
    return FailApi(400, "InvalidParameterException",
                   "startedBy must be the only filter that is used.");
  }
  if (!filter.service.empty() && !cluster.services.contains(filter.service)) {
    return FailApi(400, "ServiceNotFoundException", "Service not found.");
  }
  return {};
}

}  // namespace

ApiResult ListClusters(const EcsCall& call) {
  EcsInput input(call.input);
  const auto& clusters = call.account.clusters();
  return AnswerPage(call, input,
                    {.member = "clusterArns",
                     .size = clusters.size(),
                     .arn = [&](std::size_t i) -> std::string_view {
                       return clusters[i]->removed ? std::string_view() : clusters[i]->arn;
                     }});
}

ApiResult ListTasks(const EcsCall& call) {
  EcsInput input(call.input);
  const TaskFilter filter = ReadFilter(input);
  const std::string name = input.Text("cluster");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  return RequireCluster(call.account, name).and_then([&](const Cluster* cluster) -> ApiResult {
    if (auto valid = CheckFilter(filter, *cluster, call.input); !valid) {
      return tl::unexpected(std::move(valid).error());
    }
    const auto& tasks = cluster->tasks;
    const auto is_listed = [&](const Task& task) {
      return filter.Accepts(task) && call.account.IsDescribed(task);
    };
    return AnswerPage(
        call, input,
        {.member = "taskArns", .size = tasks.size(), .arn = [&](std::size_t i) -> std::string_view {
           return is_listed(tasks[i]) ? std::string_view(tasks[i].arn) : std::string_view();
         }});
  });
}

ApiResult ListContainerInstances(const EcsCall& call) {
  EcsInput input(call.input);
  const std::string name = input.Text("cluster");
  const std::string status = input.Text("status");
  const std::string filter = input.Text("filter");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  if (!filter.empty()) {
    return FailApi(400, "InvalidParameterException",
                   "ecs-sim does not know the cluster query language of `filter`.");
  }
  return RequireCluster(call.account, name).and_then([&](const Cluster* cluster) -> ApiResult {
    const auto& all = cluster->container_instances;
    return AnswerPage(call, input,
                      {.member = "containerInstanceArns",
                       .size = all.size(),
                       .arn = [&](std::size_t i) -> std::string_view {
                         const bool wanted = status.empty() || all[i].status == status;
                         return wanted ? std::string_view(all[i].arn) : std::string_view();
                       }});
  });
}

}  // namespace ecsd::sim
