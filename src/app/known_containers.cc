#include "app/known_containers.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/explain.h"
#include "core/target.h"
#include "discovery/fleet.h"
#include "discovery/known_task.h"
#include "server/containers.h"

namespace ecsd::app {
namespace {

using discovery::FleetSnapshot;
using discovery::KnownTask;

// Calls `each(task, container)` for the containers of `cluster` that are targets, or for those that
// are none, until it returns false. Whether it never did.
template <typename Each>
bool Visit(const FleetSnapshot::Cluster& cluster, bool targets, const Each& each) {
  for (const auto& tracked : cluster.tasks) {
    const auto& task = *tracked.task;
    for (std::size_t i = 0; i < task.container_count(); ++i) {
      if (task.IsTarget(i) == targets && !each(task, i)) return false;
    }
  }
  return true;
}

// Fills `skipped`, whose memory is used again, but for its cluster and its facts.
void Fill(const KnownTask& task, std::size_t container, server::SkippedContainer& skipped) {
  const auto& facts = task.FactsOf(container);
  skipped.service = core::ServiceOf(task.group());
  skipped.family = facts.family;
  if (!facts.revision.empty()) (skipped.family += ':') += facts.revision;
  skipped.task = core::ShortName(task.arn());
  skipped.container = facts.name;
  skipped.reason = task.ReasonOf(container);
  skipped.detail = task.DetailOf(container);
}

}  // namespace

KnownContainers::KnownContainers(std::shared_ptr<const FleetSnapshot> fleet, const FindFacts& find)
    : fleet_(std::move(fleet)) {
  std::size_t skipped = 0;
  for (const auto& cluster : fleet_->clusters()) {
    for (const auto& tracked : cluster.tasks) {
      target_count_ += tracked.task->target_count();
      skipped += tracked.task->container_count() - tracked.task->target_count();
    }
  }
  facts_.reserve(skipped);
  for (const auto& cluster : fleet_->clusters()) {
    Visit(cluster, false, [&](const KnownTask& task, std::size_t container) {
      facts_.push_back(find(task, container));
      return true;
    });
  }
}

void KnownContainers::ForEachTarget(std::string_view cluster,
                                    const std::function<bool(const core::Target&)>& each) const {
  core::Target target;
  for (const auto& known : fleet_->clusters()) {
    if (!cluster.empty() && core::ShortName(known.arn) != cluster) continue;
    const bool more = Visit(known, true, [&](const KnownTask& task, std::size_t container) {
      task.FillTarget(container, target);
      return each(target);
    });
    if (!more) return;
  }
}

void KnownContainers::ForEachSkipped(
    std::string_view cluster,
    const std::function<bool(const server::SkippedContainer&)>& each) const {
  server::SkippedContainer skipped;
  std::size_t next = 0;
  for (const auto& known : fleet_->clusters()) {
    skipped.cluster = core::ShortName(known.arn);
    const bool wanted = cluster.empty() || skipped.cluster == cluster;
    const bool more = Visit(known, false, [&](const KnownTask& task, std::size_t container) {
      skipped.facts = facts_[next++];
      if (!wanted) return true;
      Fill(task, container, skipped);
      return each(skipped);
    });
    if (!more) return;
  }
}

}  // namespace ecsd::app
