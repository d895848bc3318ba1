#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/records.h"
#include "core/task_facts.h"
#include "discovery/doubt.h"
#include "discovery/settlement.h"
#include "support/clock.h"

namespace ecsd::discovery {

// A Doubt by the clock of the calendar.
struct RecordedDoubt {
  DoubtKind kind = DoubtKind::kMissing;
  support::SystemTime since;
  std::int64_t version = kNoVersion;
  friend bool operator==(const RecordedDoubt&, const RecordedDoubt&) = default;
};

// A known task for a state file: its facts, without what it refers to.
struct StoredTask {
  std::string cluster_arn;  // of the cluster that it was found in
  // When it was last described; nothing: never, it is known from the output file only.
  std::optional<support::SystemTime> described;
  support::SystemTime first_seen;
  Settlement settlement = Settlement::kUnread;
  bool restartable = false;  // a container may be restarted in place and change its bindings
  std::optional<RecordedDoubt> doubt;
  core::TaskRecord record;
  friend bool operator==(const StoredTask&, const StoredTask&) = default;
};

struct ClusterMemory {
  std::string arn;
  support::SystemTime last_good;  // when it was last read as a whole
  friend bool operator==(const ClusterMemory&, const ClusterMemory&) = default;
};

// A loss of targets that is held back (see Guard).
struct HeldLoss {
  std::string clusters;         // the ARNs of the clusters that it is of, by blanks
  std::uint64_t before = 0;     // targets that there were when it was first seen
  std::uint64_t refreshes = 0;  // complete ones that saw it
  friend bool operator==(const HeldLoss&, const HeldLoss&) = default;
};

// Everything that a restart can carry on with. Facts do not depend on the rules that make targets
// of them; the clusters that were selected do matter: with others, leave out `clusters` and
// `tasks`.
struct KnownState {
  std::vector<std::shared_ptr<const core::TaskDefinition>> definitions;
  std::vector<std::shared_ptr<const core::ContainerInstance>> instances;
  std::vector<std::shared_ptr<const core::Instance>> addresses;
  std::vector<ClusterMemory> clusters;  // those that were read
  std::vector<StoredTask> tasks;        // in any order
  std::optional<HeldLoss> held;         // nothing is held back: nothing
};

}  // namespace ecsd::discovery
