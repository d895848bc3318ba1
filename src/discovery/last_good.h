#pragma once

#include <memory>
#include <span>

#include "core/derive.h"
#include "core/task_facts.h"

namespace ecsd::discovery {

// What stays of a task's facts when a new description knows less. Pure.

// `now` with the definition, the instance and the recovered targets of `before`, the facts of the
// same task, in place of what AWS did not find this time; null when nothing is missing that
// `before` has. The task runs, so what is not found must be there, and what was known of it last
// holds. But not an address that no other machine reaches.
[[nodiscard]] std::shared_ptr<const core::TaskFacts> KeepingWhatIsNotFound(
    const core::TaskFacts& now, const core::TaskFacts& before, core::SharedTexts& texts);

// Whether a container that had targets in `before` has none in `now`, for want of facts that a
// running container does not lose: its address, its bindings, or itself. A container that stopped
// lost nothing.
[[nodiscard]] bool HasLess(std::span<const core::ContainerOutcome> now,
                           std::span<const core::ContainerOutcome> before);

// Whether the definition takes the targets of a container away that it had in `before`: the content
// of a revision never changes, so that one of the two is wrong.
[[nodiscard]] bool DefinitionDenies(std::span<const core::ContainerOutcome> now,
                                    std::span<const core::ContainerOutcome> before);

}  // namespace ecsd::discovery
