#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/derive.h"
#include "core/selection.h"
#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/moment.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {

// A cluster at one moment. Immutable.
struct ClusterState {
  std::string arn;
  std::optional<support::SystemTime> last_good;    // when it was last read as a whole
  std::optional<support::SystemTime> stale_since;  // nothing: the last reading was whole
  std::optional<support::Error> error;             // of the last reading
  bool outside = false;                            // see Fleet
  SharedTasks tasks = std::make_shared<const Tasks>();
  core::Tally tally;  // of `tasks`
};

// Every known task at one moment, with the rules that make targets of them. Costs as little as the
// clusters are many, for the tasks are shared. Immutable; any thread may read.
class FleetSnapshot {
 public:
  // `selection` is not null.
  FleetSnapshot(std::vector<ClusterState> clusters,
                std::shared_ptr<const core::Selection> selection, std::size_t targets_version,
                Moment taken)
      : clusters_(std::move(clusters)),
        selection_(std::move(selection)),
        targets_version_(targets_version),
        taken_(taken) {}

  // Sorted by ARN.
  [[nodiscard]] const std::vector<ClusterState>& clusters() const { return clusters_; }
  [[nodiscard]] const core::Selection& selection() const { return *selection_; }
  [[nodiscard]] const std::shared_ptr<const core::Selection>& rules() const { return selection_; }
  // Grows whenever a target comes, goes or changes.
  [[nodiscard]] std::size_t targets_version() const { return targets_version_; }

  [[nodiscard]] std::size_t task_count() const;
  // Of all clusters.
  [[nodiscard]] core::Tally tally() const;
  // Calls `each` with every target in the order of the file, until it returns false. Whether it
  // never did. The target is good for the call only.
  bool ForEachTarget(const std::function<bool(const core::Target&)>& each) const;

  // Targets outside the selection, and the clusters that they are of; see Fleet.
  [[nodiscard]] std::size_t OutsideTargets() const;
  [[nodiscard]] std::vector<std::string> OutsideArns() const;
  // How many clusters are inside the selection.
  [[nodiscard]] std::size_t selected_clusters() const;

  // `tracked` of this snapshot, in the cluster of that ARN, as plain data.
  [[nodiscard]] StoredTask StoredOf(const TrackedTask& tracked, std::string_view cluster) const;

 private:
  std::vector<ClusterState> clusters_;
  std::shared_ptr<const core::Selection> selection_;
  std::size_t targets_version_ = 0;
  Moment taken_;
};

// Calls `each` with every target of all fleets in the order of the file, until it returns false.
// Whether it never did. A task that several of them know comes from the first. The target is good
// for the call only.
bool ForEachTarget(std::span<const FleetSnapshot* const> fleets,
                   const std::function<bool(const core::Target&)>& each);

}  // namespace ecsd::discovery
