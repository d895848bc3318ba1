#pragma once

#include <optional>
#include <string_view>

#include "discovery/known_state.h"
#include "discovery/known_task.h"
#include "discovery/moment.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"

namespace ecsd::discovery {

// Known tasks as plain data and back. Records have calendar times, since they outlive the process;
// a process counts by its steady clock. Pure.

// When something never was.
inline constexpr support::SteadyTime kNever = support::SteadyTime::min();

// `time` by the steady clock, `now` being both; kNever for nothing. A time of a clock that was
// ahead counts as now.
[[nodiscard]] support::SteadyTime ToSteady(std::optional<support::SystemTime> time, Moment now);

// `tracked`, a task of `cluster`, as plain data.
[[nodiscard]] TaskOutcome ToRecord(const TrackedTask& tracked, std::string_view cluster,
                                   Moment now);

// The task of `record`, which shares what it can with others.
[[nodiscard]] TrackedTask ToTracked(const TaskOutcome& record, Moment now, SharedValues& shared);

}  // namespace ecsd::discovery
