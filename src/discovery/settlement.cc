#include "discovery/settlement.h"

#include <algorithm>
#include <span>

#include "core/derive.h"
#include "core/reach.h"
#include "core/reason.h"
#include "core/records.h"

namespace ecsd::discovery {
namespace {

// A container that runs has its bindings. Without any it may still get some, unless its definition
// maps no port at all.
bool HasItsBindings(const core::Container& container, const core::TaskDefinition& definition) {
  const auto* defined = definition.FindContainer(container.name);
  if (defined == nullptr || defined->port_mappings.empty()) return true;
  return !container.bindings.empty() &&
         std::ranges::all_of(container.bindings,
                             [](const auto& each) { return each.host.has_value(); });
}

bool IsSettled(const core::Container& container, const core::TaskDefinition* definition,
               const core::ContainerOutcome& outcome) {
  const bool moves = container.last_status != "RUNNING" && container.last_status != "STOPPED";
  if (!outcome.skip) return !moves;
  switch (outcome.skip->reason) {
    case core::Reason::kTaskNotRunning:
    case core::Reason::kDefinitionUnavailable:
    case core::Reason::kNoAddress:
    case core::Reason::kNoInstanceAddress:
      return false;
    case core::Reason::kNoBinding:
    case core::Reason::kAmbiguousBinding:
      return !moves && definition != nullptr && HasItsBindings(container, *definition);
    case core::Reason::kContainerStopped:
    case core::Reason::kNoDefinition:
    case core::Reason::kNoPortLabel:
    case core::Reason::kNoDynamicLabel:
    case core::Reason::kFiltered:
    case core::Reason::kInvalidPort:
    case core::Reason::kNoNetwork:
      break;
  }
  return true;
}

}  // namespace

Settlement SettlementOf(const core::Task& task, const core::TaskDefinition* definition,
                        std::span<const core::ContainerOutcome> outcomes) {
  if (task.last_status != "RUNNING" || task.desired_status != "RUNNING") return Settlement::kMoving;
  for (const auto& outcome : outcomes) {
    const auto container = std::ranges::find_if(task.containers, [&](const auto& each) {
      return each.name == outcome.name && each.arn == outcome.arn;
    });
    if (container != task.containers.end() && !IsSettled(*container, definition, outcome))
      return Settlement::kSettling;
  }
  return Settlement::kSettled;
}

bool IsRestartable(const core::Task& task, const core::TaskDefinition* definition) {
  if (definition == nullptr || core::ModeOf(*definition, task) != core::NetworkMode::kBridge)
    return false;
  return std::ranges::any_of(definition->containers,
                             [](const auto& container) { return container.restarts; });
}

bool HasEnded(const core::Task& task) {
  return task.desired_status == "STOPPED" || task.last_status == "STOPPED" ||
         task.last_status == "DEPROVISIONING" || task.last_status == "DELETED";
}

}  // namespace ecsd::discovery
