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

}  // namespace ecsd::core
