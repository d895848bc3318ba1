#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/options.h"
#include "support/result.h"

namespace ecsd::config {

// The command line asked for the help text, or for the version, and for nothing else.
struct ShowHelp {
  std::string text;
};
struct ShowVersion {};

using ParsedCommandLine = std::variant<Options, ShowHelp, ShowVersion>;

// Reads the arguments (without the program's name) into Options, with the rules of Go's package
// `flag`, and checks the values. The error is kConfig and one line that names the flag, its value,
// what is wrong and what to write instead.
[[nodiscard]] support::Result<ParsedCommandLine> ParseCommandLine(
    std::span<const std::string_view> arguments);

// What --help prints: every flag with its default, the environment that is read, the exit statuses.
[[nodiscard]] std::string HelpText();

}  // namespace ecsd::config
