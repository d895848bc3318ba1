#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

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
  // What a script wants to know, by name.
  std::vector<std::pair<std::string, std::string>> details;
};

// One line for each check: "ok", "warn" or "FAIL", what was looked at, what was found, and the fix.
[[nodiscard]] std::string RenderChecks(std::span<const Check> checks);

// The checks as a JSON array of objects with the members state ("ok", "warn" or "fail"), name,
// text and fix, and one for each detail.
[[nodiscard]] std::string RenderChecksJson(std::span<const Check> checks);

// Whether nothing that is needed has failed.
[[nodiscard]] bool AllGood(std::span<const Check> checks);

}  // namespace ecsd::app
