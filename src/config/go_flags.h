#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "support/result.h"

namespace ecsd::config {

// Where a flag's value goes; the type says how the text is read, and what stands there before
// parsing is the flag's default.
using FlagTarget = std::variant<std::string*, bool*, std::int64_t*, std::chrono::nanoseconds*>;

// One flag. As in Go, the first word of `usage` between back quotes names the value in the help
// text.
struct Flag {
  std::string_view name;
  FlagTarget target;
  std::string_view usage;
};

// A flag of a command line and the text it is given.
struct GivenFlag {
  std::string_view name;
  std::string_view value;
};

enum class FlagOutcome : std::uint8_t { kParsed, kHelpWanted };

// Reads `arguments` (without the program's name) into the targets, by the rules and with the
// messages of Go's package `flag`: one or two dashes, `-flag=value` or `-flag value`, booleans only
// `-flag` or
// `-flag=value`, the last of a repeated flag wins, `--` ends the flags, `-h` and `-help` stop at
// once with kHelpWanted. Unlike Go, an argument that is no flag is an error; with `words` it goes
// there instead, and flags may follow it. Every flag with its text is added to `given`, in the
// order of `arguments`, into which the texts point. Errors are kConfig; the targets of flags before
// the bad one have then been set.
[[nodiscard]] support::Result<FlagOutcome> ParseFlags(std::span<const Flag> flags,
                                                      std::span<const std::string_view> arguments,
                                                      std::vector<std::string>* words = nullptr,
                                                      std::vector<GivenFlag>* given = nullptr);

// The names of the flags of which a later text takes the place of another one, each once.
[[nodiscard]] std::vector<std::string> OverriddenFlags(std::span<const GivenFlag> given);

// What Go's PrintDefaults prints: every flag by name, its usage and its default, which is the value
// its target has now. Unlike Go, defaults of 0, false and "" are shown too.
[[nodiscard]] std::string DescribeFlags(std::span<const Flag> flags);

// A flag and the value it has, as the help text writes it.
struct FlagValue {
  std::string name;
  std::string value;
  friend bool operator==(const FlagValue&, const FlagValue&) = default;
};

// Every flag with the value its target has now, in the order given.
[[nodiscard]] std::vector<FlagValue> ValuesOf(std::span<const Flag> flags);

}  // namespace ecsd::config
