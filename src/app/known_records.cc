#include "app/known_records.h"

#include <utility>

#include "discovery/account_records.h"
#include "discovery/known_state.h"
#include "state/snapshot.h"

namespace ecsd::app {

discovery::KnownState KnownStateOf(const state::Snapshot& known) {
  discovery::KnownState state;
  state.definitions = known.definitions;
  state.instances = known.instances;
  state.addresses = known.addresses;
  return state;
}

state::Snapshot SnapshotOf(const discovery::AccountRecords& records) {
  discovery::KnownState state;
  records.Save(state);
  return {.definitions = std::move(state.definitions),
          .instances = std::move(state.instances),
          .addresses = std::move(state.addresses)};
}

}  // namespace ecsd::app
