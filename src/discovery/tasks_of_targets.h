#pragma once

#include <functional>
#include <span>

#include "core/target.h"
#include "discovery/known_state.h"

namespace ecsd::discovery {

// Calls `each` with the tasks that `targets` belong to, as tasks that were never described, by
// cluster and ARN. The targets of a task keep their order. A record is good for its call only, and
// no more than one is in memory, for there may be 100,000.
void ForEachTaskOf(std::span<const core::Target> targets,
                   const std::function<void(const TaskOutcome&)>& each);

}  // namespace ecsd::discovery
