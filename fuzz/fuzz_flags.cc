// The command line, its arguments separated by NUL, and the number formats of its flags.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "config/command_line.h"
#include "config/go_duration.h"
#include "config/go_int.h"
#include "config/options.h"
#include "fuzz/properties.h"

namespace ecsd::fuzz {
namespace {

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> arguments;
  while (!text.empty()) {
    const auto end = text.find('\0');
    arguments.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return arguments;
}

void CheckOptions(const config::Options& options) {
  constexpr std::chrono::nanoseconds kYear = std::chrono::hours(24 * 365);
  for (const auto duration : {options.scrape_interval, options.connect_timeout,
                              options.call_timeout, options.refresh_timeout}) {
    Require(duration.count() > 0 && duration <= kYear, "a duration is positive and below a year");
  }
  Require(!options.write_to.empty(), "there is a file to write to");
  Require(!options.selection.filter || !options.selection.filter->name.empty(),
          "a filter has a name");
}

void CheckDuration(std::string_view text) {
  const auto duration = config::ParseGoDuration(text);
  if (!duration) return;
  const auto again = config::ParseGoDuration(config::FormatGoDuration(*duration));
  Require(again.has_value() && *again == *duration, "a duration survives being printed");
}

void CheckArguments(const std::vector<std::string_view>& arguments) {
  for (const auto argument : arguments) {
    CheckDuration(argument);
    static_cast<void>(config::ParseGoInt(argument));
  }
  const auto parsed = config::ParseCommandLine(arguments);
  Require(parsed.has_value() == config::ParseCommandLine(arguments).has_value(),
          "parsing is repeatable");
  if (!parsed) {
    Require(!parsed.error().message.empty(), "a refusal has a reason");
  } else if (const auto* options = std::get_if<config::Options>(&*parsed)) {
    CheckOptions(*options);
  }
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckArguments(ecsd::fuzz::Split({reinterpret_cast<const char*>(data), size}));
  return 0;
}
