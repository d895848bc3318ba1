#pragma once

#include "discovery/account_records.h"
#include "discovery/known_state.h"
#include "state/snapshot.h"

namespace ecsd::app {

// What a state file holds, as discovery carries on with it, and the other way round.
[[nodiscard]] discovery::KnownState KnownStateOf(const state::Snapshot& known);
[[nodiscard]] state::Snapshot SnapshotOf(const discovery::AccountRecords& records);

}  // namespace ecsd::app
