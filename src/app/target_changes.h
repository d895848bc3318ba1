#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "discovery/fleet_snapshot.h"

namespace ecsd::app {

// How one list of targets differs from the one before. A target whose address or labels changed is
// removed and added, as it is for Prometheus.
struct TargetChange {
  std::size_t added = 0;
  std::size_t removed = 0;
  friend bool operator==(const TargetChange&, const TargetChange&) = default;
};

// Counts the targets that come and go. Keeps eight bytes for each target. Used by one thread.
class TargetChanges {
 public:
  // What `fleet` has now, against the last call; before the first there were no targets.
  [[nodiscard]] TargetChange Next(const discovery::FleetSnapshot& fleet);

 private:
  std::optional<std::size_t> version_;  // of the targets that were looked at
  std::vector<std::uint64_t> digests_;  // of each target, sorted
};

}  // namespace ecsd::app
