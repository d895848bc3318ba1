#pragma once

#include <cstdint>
#include <span>

#include "core/derive.h"
#include "core/records.h"

namespace ecsd::discovery {

// How far what is known of a task can still change by itself (Amazon ECS Developer Guide, "Task
// lifecycle").
enum class Settlement : std::uint8_t {
  kSettled,   // it runs, and every container has all that it will ever have
  kSettling,  // it runs, but an address or a binding is not there yet
  kMoving,    // it is not RUNNING yet, or no longer
  kUnread,    // never described, or something that it refers to could not be read
};

// How far `task`, whose containers came out as `outcomes`, can still change. `definition` is null
// where it is not known. Pure, as all of these.
[[nodiscard]] Settlement SettlementOf(const core::Task& task,
                                      const core::TaskDefinition* definition,
                                      std::span<const core::ContainerOutcome> outcomes);

// Whether a container of `definition` may be restarted in place and come back with other bindings.
[[nodiscard]] bool IsRestartable(const core::Task& task, const core::TaskDefinition* definition);

// Whether the task is not to run any more, or has ended: nothing brings it back.
[[nodiscard]] bool HasEnded(const core::Task& task);

}  // namespace ecsd::discovery
