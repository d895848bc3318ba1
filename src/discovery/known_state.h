#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/records.h"
#include "core/resolve.h"
#include "discovery/doubt.h"
#include "support/clock.h"

namespace ecsd::discovery {

// How far what is known of a task can still change by itself (Amazon ECS Developer Guide, "Task
// lifecycle").
enum class Settlement : std::uint8_t {
  kSettled,   // it runs, and every container has all that it will ever have
  kSettling,  // it runs, but an address or a binding is not there yet
  kMoving,    // it is not RUNNING yet, or no longer
  kUnread,    // never described, or something that it refers to could not be read
};

// What became of one container.
struct ContainerOutcome {
  std::string name;
  std::string arn;
  core::Outcome outcome;
  friend bool operator==(const ContainerOutcome&, const ContainerOutcome&) = default;
};

// A Doubt by the clock of the calendar.
struct RecordedDoubt {
  DoubtKind kind = DoubtKind::kMissing;
  support::SystemTime since;
  std::int64_t version = kNoVersion;
  friend bool operator==(const RecordedDoubt&, const RecordedDoubt&) = default;
};

// What is known of one task, as plain data: for a state file and for people.
struct TaskOutcome {
  std::string arn;
  std::string cluster_arn;  // of the cluster that it was found in
  std::string group;
  std::string family;    // of its definition; empty: not known
  std::string revision;  // the same
  // When it was last described; nothing: never, it is known from the output file only.
  std::optional<support::SystemTime> described;
  support::SystemTime first_seen;
  Settlement settlement = Settlement::kUnread;
  bool restartable = false;  // a container may be restarted in place and change its bindings
  std::int64_t version = kNoVersion;
  std::optional<RecordedDoubt> doubt;
  std::vector<ContainerOutcome> containers;
  friend bool operator==(const TaskOutcome&, const TaskOutcome&) = default;
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

// Everything that a restart can carry on with. The outcomes hold only for the core::Selection that
// they were made with: with another one, leave out `clusters` and `tasks`.
struct KnownState {
  std::vector<std::shared_ptr<const core::TaskDefinition>> definitions;
  std::vector<std::shared_ptr<const core::ContainerInstance>> instances;
  std::vector<std::shared_ptr<const core::Instance>> addresses;
  std::vector<ClusterMemory> clusters;  // those that were read
  std::vector<TaskOutcome> tasks;       // in any order
  std::optional<HeldLoss> held;         // nothing is held back: nothing
};

}  // namespace ecsd::discovery
