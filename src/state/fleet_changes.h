#pragma once

#include <vector>

#include "discovery/fleet_snapshot.h"
#include "state/state_file.h"

namespace ecsd::state {

// What makes a file that holds the tasks and clusters of `before` hold those of `after`. Clusters
// outside the selection are left out. A task counts as changed when its facts or its settlement
// are others: not when it was only described again, for that is so for a share of them in every
// refresh. For the same reason the time at which a cluster was last read is as of its last change
// by ten minutes. Unchanged tasks cost the comparison of a pointer.
[[nodiscard]] std::vector<Change> ChangesBetween(const discovery::FleetSnapshot& before,
                                                 const discovery::FleetSnapshot& after);

}  // namespace ecsd::state
