#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/records.h"
#include "core/task_facts.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"

namespace ecsd::discovery {

// What the tasks of a stored state refer to. The state must outlive it.
class StoredReferences {
 public:
  explicit StoredReferences(const KnownState& state);

  [[nodiscard]] core::TaskReferences Of(const core::Task& task) const;

 private:
  template <typename T>
  using ByKey = std::unordered_map<std::string_view, std::shared_ptr<const T>>;

  ByKey<core::TaskDefinition> definitions_;   // by ARN
  ByKey<core::ContainerInstance> instances_;  // by ARN
  ByKey<core::Instance> addresses_;           // by id
};

// Adds to `state` what known tasks refer to and it does not have: what was read long ago, and what
// a later answer of AWS denied. But not addresses that no other machine reaches, which are asked
// for again. Invariant: every task of `tasks` finds in `state` what it refers to.
void AddReferences(const FleetSnapshot& tasks, KnownState& state);

}  // namespace ecsd::discovery
