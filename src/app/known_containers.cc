#include "app/known_containers.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/derive.h"
#include "core/explain.h"
#include "core/records.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/fleet_snapshot.h"
#include "server/containers.h"

namespace ecsd::app {
namespace {

using discovery::FleetSnapshot;

core::Tally TallyOfAll(const Fleets& fleets) {
  core::Tally tally;
  for (const auto& fleet : fleets) tally += fleet->tally();
  return tally;
}

// A task, as it is looked at.
struct TaskView {
  const FleetSnapshot& fleet;
  const discovery::ClusterState& cluster;
  const std::shared_ptr<const core::TaskFacts>& facts;
  std::span<const core::ContainerOutcome> outcomes;
};

// Calls `each` for the tasks of the clusters of that name, or of all where it is empty, until it
// returns false.
template <typename Each>
void ForEachTask(const Fleets& fleets, std::string_view name, const Each& each) {
  for (const auto& fleet : fleets) {
    core::Derivation derivation(fleet->selection());
    for (const auto& cluster : fleet->clusters()) {
      if (!name.empty() && core::ShortName(cluster.arn) != name) continue;
      for (const auto& tracked : *cluster.tasks) {
        if (!each(TaskView{.fleet = *fleet,
                           .cluster = cluster,
                           .facts = tracked.facts,
                           .outcomes = derivation.Of(*tracked.facts)}))
          return;
      }
    }
  }
}

// Fills `skipped`, whose memory is used again, with what all containers of a task have in common.
void FillTask(const TaskView& task, server::SkippedContainer& skipped) {
  const auto& facts = task.facts;
  const auto& definition = facts->references().definition;
  skipped.service = core::ServiceOf(facts->group());
  skipped.family = definition ? definition->family : std::string();
  if (definition && definition->revision)
    (skipped.family += ':') += std::to_string(*definition->revision);
  skipped.task = core::ShortName(facts->arn());
  skipped.cluster = core::ShortName(task.cluster.arn);
  skipped.about = facts;
  skipped.rules = task.fleet.rules();
}

}  // namespace

KnownContainers::KnownContainers(Fleets fleets)
    : fleets_(std::move(fleets)),
      tally_(TallyOfAll(fleets_)),
      skipped_count_(
          std::accumulate(tally_.skipped.begin(), tally_.skipped.end(), std::size_t{0})) {}

void KnownContainers::ForEachTarget(std::string_view cluster,
                                    const std::function<bool(const core::Target&)>& each) const {
  ForEachTask(fleets_, cluster, [&](const TaskView& task) {
    for (const auto& outcome : task.outcomes) {
      for (const auto& target : outcome.targets) {
        if (!each(target)) return false;
      }
    }
    return true;
  });
}

void KnownContainers::ForEachSkipped(
    std::string_view cluster,
    const std::function<bool(const server::SkippedContainer&)>& each) const {
  server::SkippedContainer skipped;
  ForEachTask(fleets_, cluster, [&](const TaskView& task) {
    bool is_filled = false;
    for (const auto& outcome : task.outcomes) {
      if (!outcome.skip) continue;
      if (!std::exchange(is_filled, true)) FillTask(task, skipped);
      skipped.container = outcome.name;
      skipped.reason = outcome.skip->reason;
      skipped.detail = outcome.skip->detail;
      if (!each(skipped)) return false;
    }
    return true;
  });
}

server::SkipFacts KnownContainers::FactsOf(const server::SkippedContainer& skipped) const {
  const auto record = skipped.about->Unpack();
  const auto references = core::ReferencesOf(skipped.about->references(), record);
  for (auto& each : core::ExplainTask(record.task, references, *skipped.rules)) {
    if (each.outcome || each.container != skipped.container) continue;
    if (each.outcome.error().reason != skipped.reason) continue;
    return {.mode = std::move(each.mode),
            .label = std::move(each.label),
            .bindings = std::move(each.bindings),
            .mappings = std::move(each.mappings),
            .change = std::move(each.change)};
  }
  return {};
}

}  // namespace ecsd::app
