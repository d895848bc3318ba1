#pragma once

#include <string_view>

#include "sim/answer.h"
#include "sim/faults.h"

namespace ecsd::sim {

// The request a fault strikes.
struct StruckCall {
  Protocol protocol = Protocol::kEcs;
  std::string_view operation;
  std::string_view principal_arn;
  std::string_view request_id;
};

// True for the kinds that only change what a right answer says (kMissing, kEmptyPage, all lies):
// those are for the operations themselves.
[[nodiscard]] bool IsTwist(FaultKind kind);

// What comes instead of `right`, the answer without the fault. Requires: !IsTwist(fault.kind).
[[nodiscard]] Answer Strike(const Fault& fault, const StruckCall& call, Answer right);

}  // namespace ecsd::sim
