#include "app/known_records.h"

#include "discovery/account_records.h"
#include "state/snapshot.h"

namespace ecsd::app {

discovery::AccountRecords RecordsOf(const state::Snapshot& known) {
  discovery::AccountRecords records;
  for (const auto& definition : known.definitions) {
    records.definitions[definition->arn] = definition;
  }
  for (const auto& instance : known.instances) records.instances[instance->arn] = instance;
  for (const auto& instance : known.addresses) records.addresses[instance->id] = instance;
  return records;
}

state::Snapshot SnapshotOf(const discovery::AccountRecords& records) {
  state::Snapshot known;
  for (const auto& [arn, definition] : records.definitions) known.definitions.push_back(definition);
  for (const auto& [arn, instance] : records.instances) known.instances.push_back(instance);
  for (const auto& [id, instance] : records.addresses) known.addresses.push_back(instance);
  return known;
}

}  // namespace ecsd::app
