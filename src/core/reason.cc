#include "core/reason.h"

#include <string_view>

namespace ecsd::core {

std::string_view ReasonName(Reason reason) {
  switch (reason) {
    case Reason::kTaskNotRunning:
      return "task_not_running";
    case Reason::kContainerStopped:
      return "container_stopped";
    case Reason::kDefinitionUnavailable:
      return "definition_unavailable";
    case Reason::kNoDefinition:
      return "no_definition";
    case Reason::kNoPortLabel:
      return "no_port_label";
    case Reason::kNoDynamicLabel:
      return "no_dynamic_label";
    case Reason::kFiltered:
      return "filtered";
    case Reason::kInvalidPort:
      return "invalid_port";
    case Reason::kNoNetwork:
      return "no_network";
    case Reason::kNoAddress:
      return "no_address";
    case Reason::kNoInstanceAddress:
      return "no_instance_address";
    case Reason::kNoBinding:
      return "no_binding";
    case Reason::kAmbiguousBinding:
      return "ambiguous_binding";
  }
  return "unknown";
}

bool NeedsAction(Reason reason) {
  switch (reason) {
    case Reason::kDefinitionUnavailable:
    case Reason::kInvalidPort:
    case Reason::kNoNetwork:
    case Reason::kNoInstanceAddress:
    case Reason::kNoBinding:
    case Reason::kAmbiguousBinding:
      return true;
    case Reason::kTaskNotRunning:
    case Reason::kContainerStopped:
    case Reason::kNoDefinition:
    case Reason::kNoPortLabel:
    case Reason::kNoDynamicLabel:
    case Reason::kFiltered:
    case Reason::kNoAddress:
      break;
  }
  return false;
}

}  // namespace ecsd::core
