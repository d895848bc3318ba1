#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/reach.h"
#include "core/records.h"
#include "core/selection.h"
#include "core/target.h"

namespace ecsd::core {

// The docker label that `-config.dynamic-port-detection` asks for, with the value "1".
inline constexpr std::string_view kDynamicLabel = "PROMETHEUS_DYNAMIC_EXPORT";

// What became of one container: a target, or the first reason against it.
using Outcome = OrSkip<Target>;

// The outcome of every container of `task`, in the task's order. Pure.
[[nodiscard]] std::vector<Outcome> ResolveTask(const Task& task, const References& references,
                                               const Selection& selection);

// Where `container` of `task` can be reached, or the first reason why it is no target.
[[nodiscard]] OrSkip<Reach> ReachOf(const Task& task, const Container& container,
                                    const References& references, const Selection& selection);

// The target of `container`, which is reached there. Requires: `definition` has the container.
[[nodiscard]] Target TargetAt(const Reach& reach, const Task& task, const Container& container,
                              const TaskDefinition& definition, const Selection& selection);

// Whether `task` is to run and does, or is about to. Containers of other tasks are never targets.
[[nodiscard]] bool IsLive(const Task& task);

// Whether an address of the task's container instance decides where it is reached (bridge and host
// mode).
[[nodiscard]] bool NeedsInstance(const Task& task, const TaskDefinition& definition);

}  // namespace ecsd::core
