#include "discovery/stored_references.h"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/reach.h"
#include "core/records.h"
#include "core/task_facts.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"

namespace ecsd::discovery {
namespace {

const std::string& KeyOf(const core::Instance& instance) {
  return instance.id;
}
template <typename T>
const std::string& KeyOf(const T& record) {
  return record.arn;
}

template <typename T>
std::shared_ptr<const T> Find(
    const std::unordered_map<std::string_view, std::shared_ptr<const T>>& records,
    const std::string& key) {
  const auto found = records.find(key);
  return found == records.end() ? nullptr : found->second;
}

// Adds records to a list that has those of `records` at first, each key once.
template <typename T>
class Additions {
 public:
  explicit Additions(std::vector<std::shared_ptr<const T>>& records) : records_(records) {
    for (const auto& each : records) {
      seen_.insert(each.get());
      keys_.insert(KeyOf(*each));
    }
  }

  void Add(const std::shared_ptr<const T>& record) {
    if (!record || !seen_.insert(record.get()).second) return;
    if (keys_.insert(KeyOf(*record)).second) records_.push_back(record);
  }

 private:
  std::vector<std::shared_ptr<const T>>& records_;
  std::unordered_set<const T*> seen_;
  std::unordered_set<std::string_view> keys_;
};

}  // namespace

StoredReferences::StoredReferences(const KnownState& state) {
  for (const auto& each : state.definitions) definitions_.emplace(each->arn, each);
  for (const auto& each : state.instances) instances_.emplace(each->arn, each);
  for (const auto& each : state.addresses) addresses_.emplace(each->id, each);
}

core::TaskReferences StoredReferences::Of(const core::Task& task) const {
  core::TaskReferences references;
  references.definition = Find(definitions_, task.definition_arn);
  references.container_instance = Find(instances_, task.container_instance_arn);
  if (references.container_instance)
    references.instance = Find(addresses_, references.container_instance->instance_id);
  return references;
}

void AddReferences(const FleetSnapshot& tasks, KnownState& state) {
  Additions definitions(state.definitions);
  Additions instances(state.instances);
  Additions addresses(state.addresses);
  for (const auto& cluster : tasks.clusters()) {
    for (const auto& tracked : *cluster.tasks) {
      const auto& references = tracked.facts->references();
      definitions.Add(references.definition);
      instances.Add(references.container_instance);
      if (references.instance && core::CanBeReached(*references.instance))
        addresses.Add(references.instance);
    }
  }
}

}  // namespace ecsd::discovery
