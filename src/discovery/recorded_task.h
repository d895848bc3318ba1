#pragma once

#include <optional>
#include <string_view>

#include "core/task_facts.h"
#include "discovery/known_state.h"
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
[[nodiscard]] StoredTask ToStored(const TrackedTask& tracked, std::string_view cluster, Moment now);

// The task of `stored` with what it refers to, which shares its texts with others. A task whose
// definition or instance is not known any more is described again at once.
[[nodiscard]] TrackedTask ToTracked(const StoredTask& stored, core::TaskReferences references,
                                    Moment now, core::SharedTexts& texts);

}  // namespace ecsd::discovery
