#pragma once

#include <string>

namespace ecsd::sim {

// The part of --help that follows the flags: the faults, and the control calls.
[[nodiscard]] std::string FaultsAndControl();

}  // namespace ecsd::sim
