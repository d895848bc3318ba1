#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ecsd::core {

// Why a container is no target: the first of these, in this order, that applies.
enum class Reason : std::uint8_t {
  kTaskNotRunning,
  kContainerStopped,
  kDefinitionUnavailable,
  kNoDefinition,  // a container that AWS put into the task (Service Connect, GuardDuty)
  kNoPortLabel,
  kNoDynamicLabel,
  kFiltered,
  kInvalidPort,
  kNoNetwork,
  kNoAddress,
  kNoInstanceAddress,
  kNoBinding,
  kAmbiguousBinding,
};

inline constexpr std::size_t kReasonCount = 13;

// How often each reason was given, indexed by the reason.
using ReasonCounts = std::array<std::size_t, kReasonCount>;

// The name users see, such as "no_port_label".
[[nodiscard]] std::string_view ReasonName(Reason reason);

// Whether the container asks to be scraped and cannot be until somebody changes something. The
// other reasons are expected: nobody asked for it, or the task starts or stops.
[[nodiscard]] bool NeedsAction(Reason reason);

}  // namespace ecsd::core
