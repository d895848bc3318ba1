#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "discovery/account_records.h"
#include "discovery/address_warnings.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"

namespace ecsd::discovery {

// All that a source knows at one moment, for whoever tells others of it: file, page, metrics, log.
// Immutable; any thread may read.
struct SourceView {
  std::shared_ptr<const FleetSnapshot> fleet;  // not null
  bool may_write = false;                      // see Source::MayWrite
  std::optional<HeldLoss> held;                // the loss that is held back
  std::vector<AddressWarning> address_warnings;
  std::size_t unknown_instances = 0;  // see AccountRecords
  CacheCounts definitions;
  CacheCounts container_instances;
  CacheCounts addresses;
};

}  // namespace ecsd::discovery
