#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace ecsd::app {

enum class CheckState : std::uint8_t {
  kGood,
  kWarning,  // the program works, with a loss that the text names
  kFailed,
};

// One thing that doctor looked at.
struct Check {
  CheckState state = CheckState::kGood;
  std::string name;
  std::string text;  // what was found
  std::string fix;   // what to do about it; empty when good
};

// One line for each check: "ok", "warn" or "FAIL", what was looked at, what was found, and the fix.
[[nodiscard]] std::string RenderChecks(std::span<const Check> checks);

// Whether nothing that is needed has failed.
[[nodiscard]] bool AllGood(std::span<const Check> checks);

}  // namespace ecsd::app
