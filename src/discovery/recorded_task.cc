#include "discovery/recorded_task.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "discovery/doubt.h"
#include "discovery/known_state.h"
#include "discovery/known_task.h"
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

TaskOutcome ToRecord(const TrackedTask& tracked, std::string_view cluster, Moment now) {
  auto record = tracked.task->ToRecord();
  record.cluster_arn = cluster;
  record.described = ToSystem(tracked.described, now);
  record.first_seen = ToSystem(tracked.first_seen, now).value_or(now.system);
  record.settlement = tracked.settlement;
  record.restartable = tracked.restartable;
  record.version = tracked.version;
  if (const auto& doubt = tracked.doubt) {
    record.doubt = {.kind = doubt->kind,
                    .since = ToSystem(doubt->since, now).value_or(now.system),
                    .version = doubt->version};
  }
  return record;
}

TrackedTask ToTracked(const TaskOutcome& record, Moment now, SharedValues& shared) {
  return {.task = std::make_shared<const KnownTask>(record, shared),
          .described = ToSteady(record.described, now),
          .first_seen = ToSteady(record.first_seen, now),
          .settlement = record.settlement,
          .restartable = record.restartable,
          .version = record.version,
          .doubt = ToDoubt(record.doubt, now)};
}

}  // namespace ecsd::discovery
