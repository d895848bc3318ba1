#pragma once

#include <chrono>
#include <string>

namespace ecsd::sim {

// `2026-01-02T03:04:05Z`; parts of a second are cut off.
[[nodiscard]] std::string IsoTime(std::chrono::system_clock::time_point time);

}  // namespace ecsd::sim
