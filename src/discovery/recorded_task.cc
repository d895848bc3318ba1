#include "discovery/recorded_task.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "core/task_facts.h"
#include "discovery/doubt.h"
#include "discovery/known_state.h"
#include "discovery/moment.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"

namespace ecsd::discovery {
namespace {

std::optional<support::SystemTime> ToSystem(support::SteadyTime time, Moment now) {
  if (time == kNever) return std::nullopt;
  return now.system - std::chrono::duration_cast<support::SystemTime::duration>(now.steady - time);
}

std::shared_ptr<const Doubt> ToDoubt(const std::optional<RecordedDoubt>& doubt, Moment now) {
  if (!doubt) return nullptr;
  return std::make_shared<const Doubt>(
      Doubt{.kind = doubt->kind, .since = ToSteady(doubt->since, now), .version = doubt->version});
}

}  // namespace

support::SteadyTime ToSteady(std::optional<support::SystemTime> time, Moment now) {
  if (!time) return kNever;
  return now.steady - std::max(now.system - *time, support::SystemTime::duration::zero());
}

StoredTask ToStored(const TrackedTask& tracked, std::string_view cluster, Moment now) {
  StoredTask stored;
  tracked.facts->Unpack(stored.record);
  stored.cluster_arn = cluster;
  stored.described = ToSystem(tracked.described, now);
  stored.first_seen = ToSystem(tracked.first_seen, now).value_or(now.system);
  stored.settlement = tracked.settlement;
  stored.restartable = tracked.restartable;
  if (const auto& doubt = tracked.doubt) {
    stored.doubt = {.kind = doubt->kind,
                    .since = ToSystem(doubt->since, now).value_or(now.system),
                    .version = doubt->version};
  }
  return stored;
}

TrackedTask ToTracked(const StoredTask& stored, core::TaskReferences references, Moment now,
                      core::SharedTexts& texts) {
  return {
      .facts = std::make_shared<const core::TaskFacts>(stored.record, std::move(references), texts),
      .described = ToSteady(stored.described, now),
      .first_seen = ToSteady(stored.first_seen, now),
      .settlement = stored.settlement,
      .restartable = stored.restartable,
      .doubt = ToDoubt(stored.doubt, now)};
}

}  // namespace ecsd::discovery
