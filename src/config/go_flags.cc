#include "config/go_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "config/go_duration.h"
#include "config/go_int.h"
#include "config/go_quote.h"

namespace ecsd::config {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

std::optional<bool> ParseGoBool(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "TRUE", "true", "True"};
  constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "FALSE", "false", "False"};
  if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, text) != kFalse.end()) return false;
  return std::nullopt;
}

bool IsBoolean(const Flag& flag) {
  return std::holds_alternative<bool*>(flag.target);
}

tl::unexpected<support::Error> InvalidValue(const Flag& flag, std::string_view value,
                                            std::string_view why) {
  return Fail(ErrorKind::kConfig, fmt::format("invalid value {} for flag -{}: {}",
                                              QuoteGoAscii(value), flag.name, why));
}

// Puts the text of one argument into a flag's target.
struct Setter {
  const Flag& flag;
  std::string_view value;

  Result<void> operator()(std::string* target) const {
    *target = value;
    return {};
  }
  Result<void> operator()(bool* target) const {
    const auto parsed = ParseGoBool(value);
    if (!parsed) {
      return Fail(ErrorKind::kConfig, fmt::format("invalid boolean value {} for -{}: parse error",
                                                  QuoteGoAscii(value), flag.name));
    }
    *target = *parsed;
    return {};
  }
  Result<void> operator()(std::int64_t* target) const {
    const auto parsed = ParseGoInt(value);
    if (!parsed) return InvalidValue(flag, value, parsed.error().message);
    *target = *parsed;
    return {};
  }
  // Go says only "parse error"; what is wrong with the text follows here in brackets.
  Result<void> operator()(std::chrono::nanoseconds* target) const {
    const auto parsed = ParseGoDuration(value);
    if (!parsed) {
      return InvalidValue(flag, value,
                          fmt::format("parse error ({}; write it like 1m30s, 90s or 500ms)",
                                      parsed.error().message));
    }
    *target = *parsed;
    return {};
  }
};

// The text of a flag's default.
struct DefaultReader {
  std::string operator()(const std::string* target) const { return QuoteGoAscii(*target); }
  std::string operator()(const bool* target) const { return *target ? "true" : "false"; }
  std::string operator()(const std::int64_t* target) const { return std::to_string(*target); }
  std::string operator()(const std::chrono::nanoseconds* target) const {
    return FormatGoDuration(*target);
  }
};

struct TypeNamer {
  std::string operator()(const std::string* /*target*/) const { return "string"; }
  std::string operator()(const bool* /*target*/) const { return ""; }
  std::string operator()(const std::int64_t* /*target*/) const { return "int"; }
  std::string operator()(const std::chrono::nanoseconds* /*target*/) const { return "duration"; }
};

struct Usage {
  std::string value_name;
  std::string text;
};

Usage UnquoteUsage(const Flag& flag) {
  const std::size_t open = flag.usage.find('`');
  const std::size_t close = open == std::string_view::npos ? open : flag.usage.find('`', open + 1);
  if (close == std::string_view::npos) {
    return {.value_name = std::visit(TypeNamer{}, flag.target), .text = std::string(flag.usage)};
  }
  const std::string name(flag.usage.substr(open + 1, close - open - 1));
  return {.value_name = name,
          .text = std::string(flag.usage.substr(0, open)) + name +
                  std::string(flag.usage.substr(close + 1))};
}

std::string DescribeFlag(const Flag& flag) {
  const Usage usage = UnquoteUsage(flag);
  std::string text = fmt::format("  -{}", flag.name);
  if (!usage.value_name.empty()) text += " " + usage.value_name;
  // A boolean of one letter has its usage on the same line.
  text += text.size() <= 4 ? "\t" : "\n    \t";
  for (const char c : usage.text) {
    text += c;
    if (c == '\n') text += "    \t";
  }
  return text + fmt::format(" (default {})\n", std::visit(DefaultReader{}, flag.target));
}

// An argument that looks like a flag, taken apart.
struct Argument {
  std::string_view name;
  std::optional<std::string_view> value;  // what stands behind `=`
};

Result<Argument> SplitArgument(std::string_view argument) {
  const std::string_view body = argument.substr(argument.starts_with("--") ? 2 : 1);
  if (body.empty() || body.front() == '-' || body.front() == '=') {
    return Fail(ErrorKind::kConfig, fmt::format("bad flag syntax: {}", argument));
  }
  const std::size_t equals = body.find('=');
  if (equals == std::string_view::npos) return Argument{.name = body, .value = std::nullopt};
  return Argument{.name = body.substr(0, equals), .value = body.substr(equals + 1)};
}

const Flag* FindFlag(std::span<const Flag> flags, std::string_view name) {
  const auto found = std::ranges::find(flags, name, &Flag::name);
  return found == flags.end() ? nullptr : &*found;
}

// `previous` is the flag before the stray argument when it was a boolean without a value.
tl::unexpected<support::Error> StrayArgument(std::span<const Flag> flags, std::string_view argument,
                                             const Flag* previous) {
  std::string hint =
      "a command (explain, doctor) comes first, and all else is flags; a value with spaces needs "
      "quotes";
  if (previous != nullptr) {
    hint = fmt::format(
        "-{} is a boolean and takes its value after '=': -{}=true or -{}=false, without a space",
        previous->name, previous->name, previous->name);
  } else if (FindFlag(flags, argument.substr(0, argument.find('='))) != nullptr) {
    hint = fmt::format("did you mean -{}?", argument);
  }
  return Fail(ErrorKind::kConfig,
              fmt::format("unexpected argument {}: {}", QuoteGoAscii(argument), hint));
}

}  // namespace

namespace {

// Reads the flag at the front of `arguments` and takes it off, with its value. `bare_boolean`
// becomes the flag when it is a boolean without a value, which a stray argument behind it is often
// meant for.
Result<FlagOutcome> ParseFlag(std::span<const Flag> flags,
                              std::span<const std::string_view>& arguments,
                              const Flag*& bare_boolean, std::vector<GivenFlag>* given) {
  const auto split = SplitArgument(arguments.front());
  if (!split) return tl::unexpected(split.error());
  arguments = arguments.subspan(1);
  const Flag* flag = FindFlag(flags, split->name);
  if (flag == nullptr) {
    if (split->name == "help" || split->name == "h") return FlagOutcome::kHelpWanted;
    return Fail(ErrorKind::kConfig, fmt::format("flag provided but not defined: -{}", split->name));
  }
  auto value = split->value;
  bare_boolean = IsBoolean(*flag) && !value ? flag : nullptr;
  if (bare_boolean != nullptr) value = "true";
  if (!value && arguments.empty()) {
    return Fail(ErrorKind::kConfig, fmt::format("flag needs an argument: -{}", flag->name));
  }
  if (!value) {
    value = arguments.front();
    arguments = arguments.subspan(1);
  }
  if (given != nullptr) given->push_back({.name = flag->name, .value = *value});
  return std::visit(Setter{*flag, *value}, flag->target).map([] { return FlagOutcome::kParsed; });
}

bool LooksLikeFlag(std::string_view argument) {
  return argument.size() >= 2 && argument.front() == '-';
}

}  // namespace

Result<FlagOutcome> ParseFlags(std::span<const Flag> flags,
                               std::span<const std::string_view> arguments,
                               std::vector<std::string>* words, std::vector<GivenFlag>* given) {
  const Flag* bare_boolean = nullptr;
  bool flags_ended = false;
  while (!arguments.empty()) {
    const std::string_view argument = arguments.front();
    if (!flags_ended && argument == "--") {
      flags_ended = true;
      bare_boolean = nullptr;
      arguments = arguments.subspan(1);
    } else if (!flags_ended && LooksLikeFlag(argument)) {
      const auto outcome = ParseFlag(flags, arguments, bare_boolean, given);
      if (!outcome || *outcome == FlagOutcome::kHelpWanted) return outcome;
    } else if (words != nullptr) {
      words->emplace_back(argument);
      arguments = arguments.subspan(1);
    } else {
      return StrayArgument(flags, argument, bare_boolean);
    }
  }
  return FlagOutcome::kParsed;
}

std::vector<std::string> OverriddenFlags(std::span<const GivenFlag> given) {
  std::vector<std::string> names;
  for (const auto& flag : given) {
    const bool overridden = std::ranges::any_of(given, [&](const GivenFlag& other) {
      return other.name == flag.name && other.value != flag.value;
    });
    if (overridden && std::ranges::find(names, flag.name) == names.end())
      names.emplace_back(flag.name);
  }
  return names;
}

std::string DescribeFlags(std::span<const Flag> flags) {
  std::vector<Flag> sorted(flags.begin(), flags.end());
  std::ranges::sort(sorted, {}, &Flag::name);
  std::string text;
  for (const Flag& flag : sorted) text += DescribeFlag(flag);
  return text;
}

std::vector<FlagValue> ValuesOf(std::span<const Flag> flags) {
  std::vector<FlagValue> values;
  for (const Flag& flag : flags) {
    const auto* text = std::get_if<std::string*>(&flag.target);
    values.push_back(
        {.name = std::string(flag.name),
         .value = text == nullptr ? std::visit(DefaultReader{}, flag.target) : **text});
  }
  return values;
}

}  // namespace ecsd::config
