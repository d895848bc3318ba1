#pragma once

#include "discovery/account_records.h"
#include "state/snapshot.h"

namespace ecsd::app {

// What a state file holds, as discovery keeps it, and the other way round.
[[nodiscard]] discovery::AccountRecords RecordsOf(const state::Snapshot& known);
[[nodiscard]] state::Snapshot SnapshotOf(const discovery::AccountRecords& records);

}  // namespace ecsd::app
