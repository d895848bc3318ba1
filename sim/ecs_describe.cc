#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_set>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/ecs_api.h"
#include "sim/ecs_input.h"
#include "sim/faults.h"
#include "sim/json.h"
#include "sim/stopped_task.h"

namespace ecsd::sim {
namespace {

constexpr std::size_t kMostPerCall = 100;

// A token on an answer that does not page.
std::string_view TokenFor(std::optional<FaultKind> twist) {
  const bool wanted = twist == FaultKind::kEmptyPage || twist == FaultKind::kRepeatedToken;
  return wanted ? R"(,"nextToken":"again")" : "";
}

// The two lists every describe call answers with, as they grow and as a fault bends them.
class Description {
 public:
  explicit Description(std::optional<FaultKind> twist) : twist_(twist) {}

  void Add(std::string_view json) {
    if (twist_ == FaultKind::kDuplicateItem && found_.empty()) Append(found_, json);
    Append(found_, json);
  }
  void AddMissing(std::string_view arn) {
    Append(failures_, fmt::format(R"({{"arn":{},"reason":"MISSING"}})", Dump(arn)));
  }

  [[nodiscard]] std::string Body(std::string_view member) const {
    const bool empty = twist_ == FaultKind::kEmptyList || twist_ == FaultKind::kEmptyPage;
    return fmt::format(R"({{"{}":[{}],"failures":[{}]{}}})", member, empty ? "" : found_,
                       empty ? "" : failures_, TokenFor(twist_));
  }

 private:
  static void Append(std::string& out, std::string_view item) {
    if (!out.empty()) out += ',';
    out += item;
  }

  std::optional<FaultKind> twist_;
  std::string found_;
  std::string failures_;
};

// What one item of a describe call may ask for: JSON text, or nothing.
template <typename Find>
std::string DescribeEach(const EcsCall& call, std::string_view member,
                         const std::vector<std::string>& wanted, const Find& find) {
  Description description(call.twist);
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : wanted) {
    if (!seen.insert(name).second) continue;
    const std::optional<std::string_view> json =
        call.twist == FaultKind::kMissing ? std::nullopt : find(name);
    if (json) {
      description.Add(*json);
    } else {
      description.AddMissing(name);
    }
  }
  return description.Body(member);
}

tl::expected<void, ApiError> CheckCount(std::size_t count, std::string_view what) {
  if (count == 0) {
    return FailApi(400, "InvalidParameterException", fmt::format("{} can not be empty.", what));
  }
  if (count > kMostPerCall) {
    return FailApi(400, "InvalidParameterException",
                   fmt::format("{} can have at most {} items.", what, kMostPerCall));
  }
  return {};
}

// Objects are asked for by ARN or by short id; an ARN must be the very one.
template <typename Index>
auto FindByName(const Index& by_id, std::string_view name) -> typename Index::mapped_type {
  const auto found = by_id.find(ShortId(name));
  if (found == by_id.end()) return nullptr;
  return name.starts_with("arn:") && found->second->arn != name ? nullptr : found->second;
}

std::string ClusterJson(const Cluster& cluster) {
  const auto count = [&](std::string_view status) {
    return std::count_if(cluster.tasks.begin(), cluster.tasks.end(), [&](const Task& task) {
      return !task.stopped && task.last_status == status;
    });
  };
  Json out = cluster.description;
  out.emplace("registeredContainerInstancesCount", cluster.container_instances.size());
  out.emplace("runningTasksCount", count("RUNNING"));
  out.emplace("pendingTasksCount", count("PENDING"));
  out.emplace("activeServicesCount", cluster.services.size());
  return Dump(out);
}

}  // namespace

ApiResult DescribeClusters(const EcsCall& call) {
  EcsInput input(call.input);
  std::vector<std::string> wanted = input.Texts("clusters");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  if (wanted.empty()) wanted.emplace_back("default");
  if (auto valid = CheckCount(wanted.size(), "clusterIds"); !valid) {
    return tl::unexpected(valid.error());
  }
  Description description(call.twist);
  for (const std::string& name : wanted) {
    const Cluster* cluster =
        call.twist == FaultKind::kMissing ? nullptr : call.account.FindCluster(name);
    if (cluster != nullptr) {
      description.Add(ClusterJson(*cluster));
    } else if (name.starts_with("arn:")) {
      description.AddMissing(name);
    } else {
      description.AddMissing(fmt::format("arn:aws:ecs:{}:{}:cluster/{}", call.account.region(),
                                         call.account.id(), name));
    }
  }
  return description.Body("clusters");
}

ApiResult DescribeTasks(const EcsCall& call) {
  EcsInput input(call.input);
  const std::string name = input.Text("cluster");
  const std::vector<std::string> wanted = input.Texts("tasks");
  const bool tags = input.Includes("include", "TAGS");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  if (auto valid = CheckCount(wanted.size(), "taskIds"); !valid)
    return tl::unexpected(valid.error());
  std::deque<std::string> ended;  // what the descriptions of stopped tasks are views of
  return RequireCluster(call.account, name).map([&](const Cluster* cluster) {
    return DescribeEach(
        call, "tasks", wanted, [&](std::string_view one) -> std::optional<std::string_view> {
          const Task* task = FindByName(cluster->task_by_id, one);
          if (task == nullptr || !call.account.IsDescribed(*task)) return std::nullopt;
          const std::string& json =
              tags && !task->tagged_json.empty() ? task->tagged_json : task->json;
          return task->stopped ? ended.emplace_back(DescribeStopped(*task, json)) : json;
        });
  });
}

ApiResult DescribeContainerInstances(const EcsCall& call) {
  EcsInput input(call.input);
  const std::string name = input.Text("cluster");
  const std::vector<std::string> wanted = input.Texts("containerInstances");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  if (auto valid = CheckCount(wanted.size(), "instanceIds"); !valid) {
    return tl::unexpected(valid.error());
  }
  return RequireCluster(call.account, name).map([&](const Cluster* cluster) {
    return DescribeEach(call, "containerInstances", wanted,
                        [&](std::string_view one) -> std::optional<std::string_view> {
                          const ContainerInstance* found =
                              FindByName(cluster->container_instance_by_id, one);
                          if (found == nullptr) return std::nullopt;
                          return found->json;
                        });
  });
}

ApiResult DescribeTaskDefinition(const EcsCall& call) {
  EcsInput input(call.input);
  const std::string name = input.Text("taskDefinition");
  const bool tags = input.Includes("include", "TAGS");
  if (const auto& wrong = input.error()) return tl::unexpected(*wrong);
  if (name.empty()) return FailApi(400, "ClientException", "Task definition can not be blank.");
  const TaskDefinition* found =
      call.twist == FaultKind::kMissing ? nullptr : call.account.FindTaskDefinition(name);
  if (found == nullptr) {
    return FailApi(400, "ClientException", "Unable to describe task definition.");
  }
  const std::string item = fmt::format(R"("taskDefinition":{},)", found->json);
  const bool empty = call.twist == FaultKind::kEmptyList || call.twist == FaultKind::kEmptyPage;
  const bool twice = call.twist == FaultKind::kDuplicateItem;
  return fmt::format(R"({{{}{}"tags":{}{}}})", empty ? "" : item, twice ? item : "",
                     tags ? found->tags : "[]", TokenFor(call.twist));
}

}  // namespace ecsd::sim
