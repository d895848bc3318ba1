#include "discovery/tasks_of_targets.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/target.h"
#include "core/task_facts.h"

namespace ecsd::discovery {
namespace {

// Those of one task.
using TargetsOfTask = std::span<const core::Target* const>;

auto TaskOf(const core::Target* target) {
  return std::pair(target->labels.Get(core::kClusterArnLabel),
                   target->labels.Get(core::kTaskArnLabel));
}

core::TaskRecord RecordOf(TargetsOfTask targets) {
  core::TaskRecord record;
  record.task.arn = targets.front()->labels.Get(core::kTaskArnLabel);
  record.task.cluster_arn = targets.front()->labels.Get(core::kClusterArnLabel);
  record.task.group = targets.back()->labels.Get(core::kTaskGroupLabel);
  record.recovered.reserve(targets.size());
  for (const auto* target : targets) record.recovered.push_back(*target);
  return record;
}

}  // namespace

void ForEachTaskOf(
    std::span<const core::Target> targets,
    const std::function<void(std::string_view cluster_arn, const core::TaskRecord&)>& each) {
  std::vector<const core::Target*> sorted;
  sorted.reserve(targets.size());
  for (const auto& target : targets) sorted.push_back(&target);
  std::ranges::stable_sort(sorted, {}, TaskOf);
  for (TargetsOfTask rest = sorted; !rest.empty();) {
    const auto task = TaskOf(rest.front());
    const auto next = std::ranges::find_if(
        rest, [&](const core::Target* target) { return TaskOf(target) != task; });
    const auto count = static_cast<std::size_t>(next - rest.begin());
    each(task.first, RecordOf(rest.first(count)));
    rest = rest.subspan(count);
  }
}

}  // namespace ecsd::discovery
