#include "sim/flags.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/bearer_tokens.h"
#include "sim/duration.h"
#include "sim/faults.h"
#include "sim/help_text.h"
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

Result<ListenAddress> ReadAddress(std::string_view value) {
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos) return Reject("an address has the form 127.0.0.1:0");
  std::string_view host = value.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return ReadNumber(value.substr(colon + 1), 0, std::numeric_limits<std::uint16_t>::max())
      .map([&](std::uint64_t port) {
        return ListenAddress{.host = std::string(host), .port = static_cast<std::uint16_t>(port)};
      });
}

Result<void> SetListen(Parsed& out, std::string_view value) {
  return ReadAddress(value).map([&](ListenAddress address) { out.flags.listen = address; });
}

Result<void> AddPlainListen(Parsed& out, std::string_view value) {
  return ReadAddress(value).map(
      [&](ListenAddress address) { out.flags.plain_listen.push_back(std::move(address)); });
}

Result<void> SetTlsCertificate(Parsed& out, std::string_view value) {
  out.flags.tls_certificate = value;
  return {};
}

Result<void> SetTlsKey(Parsed& out, std::string_view value) {
  out.flags.tls_key = value;
  return {};
}

Result<void> SetTlsPriorities(Parsed& out, std::string_view value) {
  out.flags.tls_priorities = value;
  return {};
}

Result<void> AddExternalId(Parsed& out, std::string_view value) {
  const std::size_t equals = value.find('=');
  if (!value.starts_with("arn:") || equals == std::string_view::npos || equals + 1 == value.size())
    return Reject("an external id has the form ROLE_ARN=ID");
  out.flags.external_ids.insert_or_assign(std::string(value.substr(0, equals)),
                                          std::string(value.substr(equals + 1)));
  return {};
}

Result<void> AddToken(Parsed& out, std::string_view value) {
  BearerTokens check;
  return check.Set(value).map([&] { out.flags.tokens.emplace_back(value); });
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

Result<void> SetServices(Parsed& out, std::string_view value) {
  return ReadNumber(value, 1, kMostTasks).map([&](std::uint64_t number) {
    out.flags.services = number;
  });
}

// For a flag without a value.
template <bool Flags::* Member, bool value>
Result<void> SetTo(Parsed& out, std::string_view /*value*/) {
  out.flags.*Member = value;
  return {};
}

Result<void> SetChurn(Parsed& out, std::string_view value) {
  return ReadNumber(value, 0, kMostTasks).map([&](std::uint64_t number) {
    out.flags.churn = number;
  });
}

Result<void> SetLimitsPercent(Parsed& out, std::string_view value) {
  return ReadNumber(value, 1, 100).map([&](std::uint64_t number) {
    out.flags.published_limits = true;
    out.flags.limits_percent = number;
  });
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

Result<void> SetStoppedLifetime(Parsed& out, std::string_view value) {
  return ReadDuration(value).map([&](auto lifetime) { out.flags.stopped_lifetime = lifetime; });
}

Result<void> AddFault(Parsed& out, std::string_view value) {
  return ParseFault(value).map([&](Fault fault) { out.flags.faults.push_back(std::move(fault)); });
}

Result<void> SetEmptyPages(Parsed& out, std::string_view /*value*/) {
  out.flags.paging.empty_pages = true;
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
    Flag{.name = "--plain-listen",
         .value = "ADDRESS:PORT",
         .help = "listen here too, always without TLS; repeatable",
         .set = &AddPlainListen},
    Flag{.name = "--tls.cert",
         .value = "FILE",
         .help = "serve HTTPS with this PEM certificate (and --tls.key)",
         .set = &SetTlsCertificate},
    Flag{.name = "--tls.key", .value = "FILE", .help = "its PEM key", .set = &SetTlsKey},
    Flag{.name = "--tls.priorities",
         .value = "TEXT",
         .help = "GnuTLS priority string (default NORMAL)",
         .set = &SetTlsPriorities},
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
         .set = &SetTo<&Flags::exporters, true>},
    Flag{.name = "--credentials",
         .value = "KEY:SECRET[:TOKEN]",
         .help = "accepted keys; repeatable (default AKIAECSSIMULATOR0001:ecs-sim-secret)",
         .set = &SetCredentials},
    Flag{.name = "--services",
         .value = "N",
         .help = "with --seed: services in all clusters together (default: one for 20 tasks)",
         .set = &SetServices},
    Flag{.name = "--no-port-ranges",
         .value = "",
         .help = "with --seed: no mapping of a range of ports, which old programs do not survive",
         .set = &SetTo<&Flags::port_ranges, false>},
    Flag{.name = "--churn",
         .value = "N",
         .help = "tasks that are replaced every second (default 0)",
         .set = &SetChurn},
    Flag{.name = "--stopped-lifetime",
         .value = "DURATION",
         .help = "how long stopped tasks are described before they are MISSING (default 3600s)",
         .set = &SetStoppedLifetime},
    Flag{.name = "--published-limits",
         .value = "",
         .help = "throttle by AWS's published token buckets",
         .set = &SetTo<&Flags::published_limits, true>},
    Flag{.name = "--limits-percent",
         .value = "N",
         .help = "the same with N percent of their size and rate, 1 to 100",
         .set = &SetLimitsPercent},
    Flag{.name = "--gzip",
         .value = "",
         .help = "compress answers for clients that ask for gzip",
         .set = &SetTo<&Flags::gzip, true>},
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
         .help = "how long temporary keys work (default: as the request asks, else 6 h)",
         .set = &SetSessionLifetime},
    Flag{.name = "--external-id",
         .value = "ROLE_ARN=ID",
         .help = "the role cannot be assumed without this external id; repeatable",
         .set = &AddExternalId},
    Flag{.name = "--token",
         .value = "KIND=TOKEN",
         .help = "the one token taken from container, pod-identity, sso or web-identity clients",
         .set = &AddToken},
    Flag{.name = "--fault",
         .value = "ACTION[@NAME]:KIND[=DURATION][:COUNT]",
         .help = "a fault; repeatable; COUNT requests, else for ever",
         .set = &AddFault},
    Flag{.name = "--help", .value = "", .help = "print this", .set = &SetTo<&Flags::help, true>},
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
  if (flags.tls_certificate.empty() != flags.tls_key.empty()) {
    return Reject("--tls.cert and --tls.key need each other");
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
      "ecs-sim: an AWS account in a box: ECS, EC2, SSM and STS on one port, for tests,\nand what "
      "hands out "
      "credentials: the metadata service (IMDSv2) at /latest/, the agents of ECS at\n"
      "/v2/credentials/ID and of EKS Pod Identity at /v1/credentials, the SSO portal.\n\n"
      "Usage: ecs-sim (--account FILE | --seed N) [flags]\n\n";
  for (const Flag& flag : kFlags) {
    out += fmt::format("  {:<34} {}\n", fmt::format("{} {}", flag.name, flag.value), flag.help);
  }
  out += FaultsAndControl();
  return out;
}

}  // namespace ecsd::sim
