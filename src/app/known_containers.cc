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

std::size_t SkippedOf(const KnownTask& task) {
  return task.container_count() - task.target_count();
}

std::size_t SkippedOf(const FleetSnapshot::Cluster& cluster) {
  std::size_t count = 0;
  for (const auto& tracked : cluster.tasks) count += SkippedOf(*tracked.task);
  return count;
}

// Fills `skipped`, whose memory is used again, but for its cluster and its facts.
void Fill(const KnownTask& task, std::size_t container, server::SkippedContainer& skipped) {
  const auto& facts = task.FactsOf(container);
  skipped.service = core::ServiceOf(task.group());
  skipped.family = facts.family;
  if (!facts.revision.empty()) (skipped.family += ':') += facts.revision;
  skipped.task = task.arn().substr(task.arn().rfind('/') + 1);
  skipped.container = facts.name;
  skipped.reason = task.ReasonOf(container);
  skipped.detail = task.DetailOf(container);
}

}  // namespace

KnownContainers::KnownContainers(std::shared_ptr<const FleetSnapshot> fleet, const FindFacts& find)
    : fleet_(std::move(fleet)) {
  std::size_t skipped = 0;
  for (const auto& cluster : fleet_->clusters()) skipped += SkippedOf(cluster);
  facts_.reserve(skipped);
  for (const auto& cluster : fleet_->clusters()) {
    for (const auto& tracked : cluster.tasks) {
      target_count_ += tracked.task->target_count();
      for (std::size_t i = 0; i < tracked.task->container_count(); ++i) {
        if (!tracked.task->IsTarget(i)) facts_.push_back(find(*tracked.task, i));
      }
    }
  }
}

void KnownContainers::ForEachTarget(std::string_view cluster,
                                    const std::function<bool(const core::Target&)>& each) const {
  core::Target target;
  for (const auto& known : fleet_->clusters()) {
    if (!cluster.empty() && core::ShortName(known.arn) != cluster) continue;
    for (const auto& tracked : known.tasks) {
      for (std::size_t i = 0; i < tracked.task->container_count(); ++i) {
        if (!tracked.task->IsTarget(i)) continue;
        tracked.task->FillTarget(i, target);
        if (!each(target)) return;
      }
    }
  }
}

void KnownContainers::ForEachSkipped(
    std::string_view cluster,
    const std::function<bool(const server::SkippedContainer&)>& each) const {
  server::SkippedContainer skipped;
  std::size_t next = 0;
  for (const auto& known : fleet_->clusters()) {
    skipped.cluster = core::ShortName(known.arn);
    if (!cluster.empty() && skipped.cluster != cluster) {
      next += SkippedOf(known);
      continue;
    }
    for (const auto& tracked : known.tasks) {
      for (std::size_t i = 0; i < tracked.task->container_count(); ++i) {
        if (tracked.task->IsTarget(i)) continue;
        Fill(*tracked.task, i, skipped);
        skipped.facts = facts_[next++];
        if (!each(skipped)) return;
      }
    }
  }
}

}  // namespace ecsd::app
