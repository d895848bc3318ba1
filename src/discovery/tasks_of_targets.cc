#include "discovery/tasks_of_targets.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <tuple>
#include <vector>

#include "core/target.h"
#include "discovery/known_state.h"

namespace ecsd::discovery {
namespace {

// Those of one task.
using TargetsOfTask = std::span<const core::Target* const>;

auto TaskOf(const core::Target* target) {
  return std::tie(target->cluster_arn, target->task_arn);
}

TaskOutcome RecordOf(TargetsOfTask targets) {
  TaskOutcome task;
  task.arn = targets.front()->task_arn;
  task.cluster_arn = targets.front()->cluster_arn;
  task.group = targets.back()->task_group;
  task.containers.reserve(targets.size());
  for (const auto* target : targets) {
    task.containers.push_back(
        {.name = target->container_name, .arn = target->container_arn, .outcome = *target});
  }
  return task;
}

}  // namespace

void ForEachTaskOf(std::span<const core::Target> targets,
                   const std::function<void(const TaskOutcome&)>& each) {
  std::vector<const core::Target*> sorted;
  sorted.reserve(targets.size());
  for (const auto& target : targets) sorted.push_back(&target);
  std::ranges::stable_sort(sorted, {}, TaskOf);
  for (TargetsOfTask rest = sorted; !rest.empty();) {
    const auto task = TaskOf(rest.front());
    const auto next = std::ranges::find_if(
        rest, [&](const core::Target* target) { return TaskOf(target) != task; });
    const auto count = static_cast<std::size_t>(next - rest.begin());
    each(RecordOf(rest.first(count)));
    rest = rest.subspan(count);
  }
}

}  // namespace ecsd::discovery
