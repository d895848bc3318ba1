#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/random_account.h"
#include "core/records.h"
#include "discovery/doubt.h"
#include "discovery/known_state.h"
#include "discovery/settlement.h"
#include "support/clock.h"

namespace ecsd::state {

// The tasks of `account` as they are stored.
inline std::vector<discovery::StoredTask> StoredTasksOf(const core::Account& account) {
  std::vector<discovery::StoredTask> tasks;
  for (const auto& task : account.tasks) {
    const auto* definition = account.ReferencesOf(task).definition;
    const support::SystemTime time{std::chrono::seconds(1'700'000'000 + tasks.size())};
    discovery::StoredTask stored{.cluster_arn = task.cluster_arn, .first_seen = time};
    stored.restartable = discovery::IsRestartable(task, definition);
    if (tasks.size() % 2 == 0) stored.described = time + std::chrono::nanoseconds(1);
    if (tasks.size() % 3 == 0)
      stored.doubt = {.kind = discovery::DoubtKind::kLess, .since = time, .version = 7};
    stored.record.task = task;
    stored.record.why_no_definition = definition == nullptr ? "denied" : "";
    if (tasks.size() % 5 == 0)
      stored.record.recovered = {{.address = "10.0.0.1:80", .labels = {{"job", "web"}}}};
    tasks.push_back(std::move(stored));
  }
  return tasks;
}

// What would be known of the account of that seed.
inline discovery::KnownState RandomSnapshot(std::uint64_t seed) {
  const auto account = core::RandomAccount(seed);
  discovery::KnownState known;
  for (const auto& [arn, definition] : account.definitions) {
    known.definitions.push_back(std::make_shared<const core::TaskDefinition>(definition));
  }
  for (const auto& [arn, instance] : account.instances) {
    known.instances.push_back(std::make_shared<const core::ContainerInstance>(
        core::ContainerInstance{.arn = arn, .instance_id = instance.id}));
    known.addresses.push_back(std::make_shared<const core::Instance>(instance));
  }
  known.tasks = StoredTasksOf(account);
  known.clusters = {{.arn = "c1", .last_good = {}},
                    {.arn = "c2", .last_good = support::SystemTime(std::chrono::seconds(seed))}};
  return known;
}

}  // namespace ecsd::state
