#include "discovery/fleet_snapshot.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/derive.h"
#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/recorded_task.h"
#include "discovery/tracked_task.h"

namespace ecsd::discovery {
namespace {

// Tasks still to come in the order of the file: of one cluster of one fleet, from the next on.
struct Rest {
  std::span<const TrackedTask> tasks;
  std::size_t fleet = 0;

  [[nodiscard]] std::string_view next() const { return tasks.front().arn(); }
};

// What two fleets have both comes from the first.
struct ComesLater {
  bool operator()(const Rest& left, const Rest& right) const {
    return std::pair(left.next(), left.fleet) > std::pair(right.next(), right.fleet);
  }
};

using Rests = std::priority_queue<Rest, std::vector<Rest>, ComesLater>;

// Takes the tasks that come next in the order of the file, as many as are of one cluster.
Rest TakeRun(Rests& rests) {
  auto rest = rests.top();
  rests.pop();
  std::size_t count = 1;
  while (count < rest.tasks.size() &&
         (rests.empty() || rest.tasks[count].arn() < rests.top().next()))
    ++count;
  const Rest run{.tasks = rest.tasks.first(count), .fleet = rest.fleet};
  rest.tasks = rest.tasks.subspan(count);
  if (!rest.tasks.empty()) rests.push(rest);
  return run;
}

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

std::size_t FleetSnapshot::OutsideTargets() const {
  std::size_t count = 0;
  for (const auto& cluster : clusters_) {
    if (cluster.outside) count += cluster.tally.targets;
  }
  return count;
}

std::vector<std::string> FleetSnapshot::OutsideArns() const {
  std::vector<std::string> arns;
  for (const auto& cluster : clusters_) {
    if (cluster.outside) arns.push_back(cluster.arn);
  }
  return arns;
}

std::size_t FleetSnapshot::selected_clusters() const {
  return static_cast<std::size_t>(std::ranges::count(clusters_, false, &ClusterState::outside));
}

bool FleetSnapshot::ForEachTarget(const std::function<bool(const core::Target&)>& each) const {
  const FleetSnapshot* const self = this;
  return discovery::ForEachTarget({&self, 1}, each);
}

// Every cluster is sorted by itself; as a rule their ARNs do not mix, but nothing promises it.
bool ForEachTarget(std::span<const FleetSnapshot* const> fleets,
                   const std::function<bool(const core::Target&)>& each) {
  Rests rests;
  std::vector<core::Derivation> derivations;
  derivations.reserve(fleets.size());
  for (std::size_t i = 0; i < fleets.size(); ++i) {
    derivations.emplace_back(fleets[i]->selection());
    for (const auto& cluster : fleets[i]->clusters()) {
      if (!cluster.tasks->empty()) rests.push({.tasks = *cluster.tasks, .fleet = i});
    }
  }
  std::pair<std::string_view, std::size_t> last{{}, fleets.size()};
  while (!rests.empty()) {
    const auto run = TakeRun(rests);
    for (const auto& tracked : run.tasks) {
      if (last.first == tracked.arn() && last.second != run.fleet) continue;
      last = {tracked.arn(), run.fleet};
      if (!GiveTargets(derivations[run.fleet].Of(*tracked.facts), each)) return false;
    }
  }
  return true;
}

StoredTask FleetSnapshot::StoredOf(const TrackedTask& tracked, std::string_view cluster) const {
  return ToStored(tracked, cluster, taken_);
}

}  // namespace ecsd::discovery
