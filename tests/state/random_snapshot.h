#pragma once

#include <cstdint>
#include <memory>

#include "core/random_account.h"
#include "core/records.h"
#include "state/snapshot.h"

namespace ecsd::state {

// What would be known of the account of that seed.
inline Snapshot RandomSnapshot(std::uint64_t seed) {
  const auto account = core::RandomAccount(seed);
  Snapshot known;
  for (const auto& [arn, definition] : account.definitions) {
    known.definitions.push_back(std::make_shared<const core::TaskDefinition>(definition));
  }
  for (const auto& [arn, instance] : account.instances) {
    known.instances.push_back(std::make_shared<const core::ContainerInstance>(
        core::ContainerInstance{.arn = arn, .instance_id = instance.id}));
    known.addresses.push_back(std::make_shared<const core::Instance>(instance));
  }
  return known;
}

}  // namespace ecsd::state
