#include "discovery/fleet_snapshot.h"

#include <cstddef>
#include <functional>
#include <queue>
#include <span>
#include <string_view>
#include <vector>

#include "core/derive.h"
#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/recorded_task.h"
#include "discovery/tracked_task.h"

namespace ecsd::discovery {
namespace {

// Tasks still to come in the order of the file: one cluster's, from the next on.
using Rest = std::span<const TrackedTask>;

struct ComesLater {
  bool operator()(const Rest& left, const Rest& right) const {
    return left.front().arn() > right.front().arn();
  }
};

// Calls `each` with the targets among `outcomes`, until it returns false. Whether it never did.
bool GiveTargets(std::span<const core::ContainerOutcome> outcomes,
                 const std::function<bool(const core::Target&)>& each) {
  for (const auto& outcome : outcomes) {
    for (const auto& target : outcome.targets) {
      if (!each(target)) return false;
    }
  }
  return true;
}

}  // namespace

std::size_t FleetSnapshot::task_count() const {
  std::size_t count = 0;
  for (const auto& cluster : clusters_) count += cluster.tasks->size();
  return count;
}

core::Tally FleetSnapshot::tally() const {
  core::Tally tally;
  for (const auto& cluster : clusters_) tally += cluster.tally;
  return tally;
}

// Every cluster is sorted by itself; as a rule their ARNs do not mix, but nothing promises it.
bool FleetSnapshot::ForEachTarget(const std::function<bool(const core::Target&)>& each) const {
  std::priority_queue<Rest, std::vector<Rest>, ComesLater> rests;
  for (const auto& cluster : clusters_) {
    if (!cluster.tasks->empty()) rests.emplace(*cluster.tasks);
  }
  core::Derivation derivation(*selection_);
  while (!rests.empty()) {
    auto rest = rests.top();
    rests.pop();
    const auto limit = rests.empty() ? std::string_view() : rests.top().front().arn();
    do {
      if (!GiveTargets(derivation.Of(*rest.front().facts), each)) return false;
      rest = rest.subspan(1);
    } while (!rest.empty() && (rests.empty() || rest.front().arn() <= limit));
    if (!rest.empty()) rests.push(rest);
  }
  return true;
}

StoredTask FleetSnapshot::StoredOf(const TrackedTask& tracked, std::string_view cluster) const {
  return ToStored(tracked, cluster, taken_);
}

}  // namespace ecsd::discovery
