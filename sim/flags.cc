#include "sim/flags.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/faults.h"
#include "sim/sigv4_verifier.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::sim {
namespace {

using support::Result;

constexpr std::size_t kMostTasks = 1'000'000;
constexpr std::size_t kMostClusters = 1'000;

struct Parsed {
  Flags flags;
  bool seeded = false;
};

tl::unexpected<support::Error> Reject(std::string message) {
  return support::Fail(support::ErrorKind::kConfig, std::move(message));
}

Result<std::uint64_t> ReadNumber(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return Reject(fmt::format("\"{}\" is no number from {} to {}", text, least, most));
  }
  return number;
}

Result<std::chrono::milliseconds> ReadDuration(std::string_view text) {
  const bool in_milliseconds = text.ends_with("ms");
  if (!in_milliseconds && !text.ends_with("s")) {
    return Reject(fmt::format("\"{}\" is no duration such as 30ms or 2s", text));
  }
  constexpr std::uint64_t kHour = 3'600'000;
  const std::string_view digits = text.substr(0, text.size() - (in_milliseconds ? 2 : 1));
  return ReadNumber(digits, 0, kHour).map([&](std::uint64_t number) {
    return std::chrono::milliseconds(number * (in_milliseconds ? 1 : 1000));
  });
}

Result<void> SetListen(Parsed& out, std::string_view value) {
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos) return Reject("an address has the form 127.0.0.1:0");
  const auto port =
      ReadNumber(value.substr(colon + 1), 0, std::numeric_limits<std::uint16_t>::max());
  if (!port) return tl::unexpected(port.error());
  out.flags.listen = {.host = std::string(value.substr(0, colon)),
                      .port = static_cast<std::uint16_t>(*port)};
  return {};
}

Result<void> SetRegion(Parsed& out, std::string_view value) {
  out.flags.identity.region = value;
  return {};
}

Result<void> SetAccountId(Parsed& out, std::string_view value) {
  if (value.size() != 12 || value.find_first_not_of("0123456789") != std::string_view::npos) {
    return Reject("an account id has 12 digits");
  }
  out.flags.identity.account_id = value;
  return {};
}

Result<void> SetAccount(Parsed& out, std::string_view value) {
  out.flags.account_path = value;
  return {};
}

Result<void> SetSeed(Parsed& out, std::string_view value) {
  out.seeded = true;
  return ReadNumber(value, 0, std::numeric_limits<std::uint64_t>::max())
      .map([&](std::uint64_t number) { out.flags.seed = number; });
}

Result<void> SetClusters(Parsed& out, std::string_view value) {
  return ReadNumber(value, 1, kMostClusters).map([&](std::uint64_t number) {
    out.flags.clusters = number;
  });
}

Result<void> SetTasks(Parsed& out, std::string_view value) {
  return ReadNumber(value, 0, kMostTasks).map([&](std::uint64_t number) {
    out.flags.tasks = number;
  });
}

Result<void> SetExternal(Parsed& out, std::string_view value) {
  return ReadNumber(value, 0, kMostTasks).map([&](std::uint64_t number) {
    out.flags.external = number;
  });
}

Result<void> SetCredentials(Parsed& out, std::string_view value) {
  const std::size_t first = value.find(':');
  if (first == 0 || first == std::string_view::npos || first + 1 == value.size()) {
    return Reject("credentials have the form KEY:SECRET[:TOKEN]");
  }
  const std::string_view rest = value.substr(first + 1);
  const std::size_t second = std::min(rest.find(':'), rest.size());
  AccessKey key;
  key.id = value.substr(0, first);
  key.secret = support::Secret(std::string(rest.substr(0, second)));
  if (second < rest.size()) key.token = support::Secret(std::string(rest.substr(second + 1)));
  out.flags.credentials.push_back(std::move(key));
  return {};
}

Result<void> SetPageSize(Parsed& out, std::string_view value) {
  return ReadNumber(value, 1, 100).map([&](std::uint64_t number) {
    out.flags.paging.longest_page = number;
  });
}

Result<void> SetLatency(Parsed& out, std::string_view value) {
  return ReadDuration(value).map([&](auto latency) { out.flags.latency = latency; });
}

Result<void> SetSessionLifetime(Parsed& out, std::string_view value) {
  return ReadDuration(value).map([&](auto lifetime) {
    out.flags.session_lifetime = std::chrono::duration_cast<std::chrono::seconds>(lifetime);
  });
}

Result<void> AddFault(Parsed& out, std::string_view value) {
  return ParseFault(value).map([&](Fault fault) { out.flags.faults.push_back(std::move(fault)); });
}

Result<void> SetExporters(Parsed& out, std::string_view /*value*/) {
  out.flags.exporters = true;
  return {};
}

Result<void> SetEmptyPages(Parsed& out, std::string_view /*value*/) {
  out.flags.paging.empty_pages = true;
  return {};
}

Result<void> SetHelp(Parsed& out, std::string_view /*value*/) {
  out.flags.help = true;
  return {};
}

struct Flag {
  std::string_view name;
  std::string_view value;  // its placeholder; empty: the flag takes none
  std::string_view help;
  Result<void> (*set)(Parsed&, std::string_view);
};

constexpr std::array kFlags = {
    Flag{.name = "--listen",
         .value = "ADDRESS:PORT",
         .help = "where to listen (default 127.0.0.1:0: any free port)",
         .set = &SetListen},
    Flag{.name = "--region",
         .value = "NAME",
         .help = "region (default us-east-1, or the account file's)",
         .set = &SetRegion},
    Flag{.name = "--account-id",
         .value = "DIGITS",
         .help = "account (default 123456789012, or the account file's)",
         .set = &SetAccountId},
    Flag{.name = "--account",
         .value = "FILE",
         .help = "serve the account in this file",
         .set = &SetAccount},
    Flag{.name = "--seed",
         .value = "N",
         .help = "serve a synthetic account built from this number",
         .set = &SetSeed},
    Flag{.name = "--clusters",
         .value = "C",
         .help = "with --seed: clusters (default 1)",
         .set = &SetClusters},
    Flag{.name = "--tasks",
         .value = "T",
         .help = "with --seed: tasks in all clusters together (default 0)",
         .set = &SetTasks},
    Flag{.name = "--external",
         .value = "N",
         .help = "with --seed: tasks of ECS Anywhere beside the others (default 0)",
         .set = &SetExternal},
    Flag{.name = "--exporters",
         .value = "",
         .help = "with --seed: addresses in 127.0.0.0/8 and an exporter behind each",
         .set = &SetExporters},
    Flag{.name = "--credentials",
         .value = "KEY:SECRET[:TOKEN]",
         .help = "accepted keys; repeatable (default AKIAECSSIMULATOR0001:ecs-sim-secret)",
         .set = &SetCredentials},
    Flag{.name = "--page-size",
         .value = "N",
         .help = "longest page of a listing, 1 to 100 (default 100)",
         .set = &SetPageSize},
    Flag{.name = "--empty-pages",
         .value = "",
         .help = "every other page of a listing is empty but has a token",
         .set = &SetEmptyPages},
    Flag{.name = "--latency",
         .value = "DURATION",
         .help = "added to every answer, such as 30ms (default 0ms)",
         .set = &SetLatency},
    Flag{.name = "--session-lifetime",
         .value = "DURATION",
         .help = "how long the keys of AssumeRole work (default: as the request asks)",
         .set = &SetSessionLifetime},
    Flag{.name = "--fault",
         .value = "ACTION:KIND[:COUNT]",
         .help = "a fault; repeatable; COUNT requests, else for ever",
         .set = &AddFault},
    Flag{.name = "--help", .value = "", .help = "print this", .set = &SetHelp},
};

const Flag* FindFlag(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(kFlags, [&](const Flag& flag) { return flag.name == name; });
  return found == kFlags.end() ? nullptr : found;
}

// Reads the flag at `index` and moves `index` past it.
Result<void> ReadFlag(const std::vector<std::string>& arguments, std::size_t& index, Parsed& out) {
  const std::string_view argument = arguments[index++];
  const std::size_t equals = argument.find('=');
  const std::string_view name = argument.substr(0, equals);
  const Flag* flag = FindFlag(name);
  if (flag == nullptr) return Reject(fmt::format("unknown flag \"{}\"; see --help", name));
  std::string_view value;
  if (equals != std::string_view::npos) {
    if (flag->value.empty()) return Reject(fmt::format("{} takes no value", name));
    value = argument.substr(equals + 1);
  } else if (!flag->value.empty()) {
    if (index == arguments.size()) return Reject(fmt::format("{} needs a value", name));
    value = arguments[index++];
  }
  return flag->set(out, value).map_error([&](support::Error error) {
    return support::Annotate(name, std::move(error));
  });
}

Result<void> CheckCombination(const Parsed& parsed) {
  const Flags& flags = parsed.flags;
  if (flags.help) return {};
  if (parsed.seeded && !flags.account_path.empty()) {
    return Reject("--account and --seed exclude each other");
  }
  if (!parsed.seeded && flags.account_path.empty()) {
    return Reject("no account: give --account FILE or --seed N; see --help");
  }
  if (!parsed.seeded && (flags.exporters || flags.tasks > 0 || flags.external > 0)) {
    return Reject("--exporters, --tasks and --external need --seed");
  }
  return {};
}

}  // namespace

Result<Flags> ParseFlags(const std::vector<std::string>& arguments) {
  Parsed parsed;
  for (std::size_t index = 0; index < arguments.size();) {
    if (auto read = ReadFlag(arguments, index, parsed); !read) {
      return tl::unexpected(std::move(read).error());
    }
  }
  if (auto valid = CheckCombination(parsed); !valid) {
    return tl::unexpected(std::move(valid).error());
  }
  return std::move(parsed.flags);
}

std::string Usage() {
  std::string out =
      "ecs-sim: an AWS account in a box: ECS, EC2, SSM and STS on one port, for tests.\n\n"
      "Usage: ecs-sim (--account FILE | --seed N) [flags]\n\n";
  for (const Flag& flag : kFlags) {
    out += fmt::format("  {:<34} {}\n", fmt::format("{} {}", flag.name, flag.value), flag.help);
  }
  out += fmt::format("\nFaults: ACTION is an operation or *; KIND is one of\n  {}\n", FaultNames());
  out +=
      "\nControl, without signature: GET /_sim/calls, GET /_sim/account,\n"
      "  POST /_sim/faults {\"faults\": [\"DescribeTasks:throttle:2\"]},\n"
      "  POST /_sim/stop-task {\"task\": ARN}, POST /_sim/reset\n";
  return out;
}

}  // namespace ecsd::sim
