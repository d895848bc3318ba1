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
  kSkipped,  // not checked; the text says why
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

// A check that could not be made, and why.
[[nodiscard]] Check NotChecked(std::string name, const std::string& why);

// "9 checks passed, 1 with a warning, 1 failed, 2 not checked"; the second and the last are left
// out where they are none.
[[nodiscard]] std::string Summary(std::span<const Check> checks);

// One line for each check: "ok", "warn", "FAIL" or "skip", what was looked at, what was found, and
// the fix; then the summary.
[[nodiscard]] std::string RenderChecks(std::span<const Check> checks);

// The checks as a JSON array of objects with the members state ("ok", "warn", "fail" or "skip"),
// name, text and fix, and one for each detail. The last is the summary: its state is "ok" or
// "fail", its text that of Summary, its details the numbers.
[[nodiscard]] std::string RenderChecksJson(std::span<const Check> checks);

// Whether nothing that is needed has failed.
[[nodiscard]] bool AllGood(std::span<const Check> checks);

}  // namespace ecsd::app
