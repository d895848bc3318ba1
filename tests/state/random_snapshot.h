#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/random_account.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "discovery/known_state.h"
#include "discovery/known_task.h"
#include "support/clock.h"

namespace ecsd::state {

// The tasks of `account` with what became of them.
inline std::vector<discovery::TaskOutcome> OutcomesOf(const core::Account& account) {
  discovery::SharedValues shared;
  std::vector<discovery::TaskOutcome> tasks;
  for (const auto& task : account.tasks) {
    const auto references = account.ReferencesOf(task);
    const auto outcomes = core::ResolveTask(task, references, core::Selection());
    auto record = discovery::KnownTask(task, references.definition, outcomes, shared).ToRecord();
    const support::SystemTime time{std::chrono::seconds(1'700'000'000 + tasks.size())};
    record.settlement = discovery::SettlementOf(task, references.definition, outcomes);
    record.restartable = discovery::IsRestartable(task, references.definition);
    record.first_seen = time;
    if (tasks.size() % 2 == 0) record.described = time + std::chrono::nanoseconds(1);
    tasks.push_back(std::move(record));
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
  known.tasks = OutcomesOf(account);
  known.clusters = {{.arn = "c1", .last_good = {}},
                    {.arn = "c2", .last_good = support::SystemTime(std::chrono::seconds(seed))}};
  return known;
}

}  // namespace ecsd::state
