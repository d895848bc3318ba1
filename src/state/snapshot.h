#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/records.h"

namespace ecsd::state {

// Whose records a state file holds. Records of one account and region mean nothing in another.
struct Identity {
  std::string region;
  std::string role_arn;  // empty: none is assumed
  std::string profile;   // empty: none is named
  friend bool operator==(const Identity&, const Identity&) = default;
};

// What is known of an account, and outlives a restart. The records are shared, since they are many
// and never change.
struct Snapshot {
  std::vector<std::shared_ptr<const core::TaskDefinition>> definitions;
  std::vector<std::shared_ptr<const core::ContainerInstance>> instances;
  std::vector<std::shared_ptr<const core::Instance>> addresses;
};

}  // namespace ecsd::state
