#include "config/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "config/flag_table.h"
#include "config/go_duration.h"
#include "config/go_flags.h"
#include "config/go_quote.h"
#include "core/cluster_name.h"

namespace ecsd::config {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr std::string_view kUsage =
    "Usage: prometheus-ecs-discovery [flags]\n"
    "       prometheus-ecs-discovery explain [NAME...] [flags]\n"
    "       prometheus-ecs-discovery doctor [flags]\n"
    "       prometheus-ecs-discovery healthcheck [URL] [flags]\n"
    "\n"
    "Lists the containers of Amazon ECS that expose metrics and hands them to Prometheus, in a "
    "file or\n"
    "over HTTP. A flag is written -flag value, -flag=value or with two dashes; a boolean only "
    "-flag or\n"
    "-flag=false. Durations are like 1m30s, 90s or 500ms.\n"
    "\n"
    "explain reads the account once and says for every container, or for those whose cluster, "
    "service,\n"
    "task, family or container is called NAME, which target it is or why it is none; where NAME is "
    "that of\n"
    "a cluster, or an ARN with one in it, only that cluster is read. doctor checks the\n"
    "credentials, the region, the clock, each permission, and everything that the program needs to "
    "start:\n"
    "state file, web configuration, listen address, output file. healthcheck asks a running\n"
    "program, at the URL or at the -web.listen-address that it has, whether it is healthy.\n"
    "\n";

constexpr std::string_view kNotes =
    "\n"
    "Environment: everything that AWS tools read. Region: AWS_REGION, AWS_DEFAULT_REGION, the "
    "profile,\n"
    "the EC2 instance. Credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, web identity, the "
    "profile\n"
    "(AWS_PROFILE) with all that it can say, the ECS task role or EKS Pod Identity, the role of "
    "the "
    "EC2\n"
    "instance. Endpoints: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_ECS, _EC2, _SSM, _STS and _SSO,\n"
    "AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, AWS_CA_BUNDLE, HTTPS_PROXY, NO_PROXY.\n"
    "\n"
    "Exit status: 0 success; 1 the last of -config.scrape-times refreshes, or its file, failed, or "
    "explain,\n"
    "doctor, healthcheck or -dry-run did; 2 configuration error, which a restart does not cure; "
    "3 stuck;\n"
    "4 a resource is taken or used up: the listen address, the state file, memory, threads; or "
    "the\n"
    "EC2 instance metadata did not respond when it was asked for the region.\n";

// Not QuoteGoAscii: microseconds are written with the micro sign.
std::string Quoted(std::chrono::nanoseconds duration) {
  return '"' + FormatGoDuration(duration) + '"';
}

// `value` comes in quotes.
tl::unexpected<support::Error> Refuse(std::string_view flag, std::string_view value,
                                      std::string_view why) {
  return Fail(ErrorKind::kConfig,
              fmt::format("invalid value {} for flag -{}: {}", value, flag, why));
}

Result<void> CheckDurations(const Options& options) {
  if (options.scrape_interval.count() <= 0) {
    return Refuse("config.scrape-interval", Quoted(options.scrape_interval),
                  "the time between refreshes must be more than 0; write it like 1m or 30s");
  }
  const std::array<std::pair<std::string_view, std::chrono::nanoseconds>, 3> timeouts{{
      {"aws.connect-timeout", options.connect_timeout},
      {"aws.call-timeout", options.call_timeout},
      {"refresh-timeout", options.refresh_timeout},
  }};
  for (const auto& [flag, timeout] : timeouts) {
    // libcurl counts milliseconds and takes 0 of them as no limit at all.
    if (timeout < std::chrono::milliseconds(1)) {
      return Refuse(flag, Quoted(timeout),
                    "a timeout must be at least 1ms; write it like 5s or 500ms");
    }
  }
  return {};
}

Result<void> CheckPatience(const Options& options) {
  const std::array<std::pair<std::string_view, std::chrono::nanoseconds>, 2> times{
      {{"rediscover-within", options.rediscover_within}, {"startup-grace", options.startup_grace}}};
  for (const auto& [flag, time] : times) {
    if (time.count() < 0)
      return Refuse(flag, Quoted(time), "the time must not be less than 0; write it like 10m");
  }
  if (options.max_drop_percent < 0 || options.max_drop_percent > 100) {
    return Refuse("guard.max-drop-percent", fmt::format("\"{}\"", options.max_drop_percent),
                  "a percentage is 0 to 100");
  }
  return {};
}

Result<void> CheckNames(const Options& options) {
  if (options.write_to.empty() && (options.web_listen_address.empty() || options.dry_run)) {
    return Refuse("config.write-to", QuoteGoAscii(options.write_to),
                  "there is no file to write to; name one, leave the flag out for ecs_file_sd.yml, "
                  "or serve the targets over HTTP with -web.listen-address");
  }
  if (const auto flaw = core::FlawOfCluster(options.cluster);
      !options.cluster.empty() && !flaw.empty()) {
    return Refuse("config.cluster", QuoteGoAscii(options.cluster), flaw);
  }
  const core::Selection& selection = options.selection;
  if (selection.port_label.empty() && !selection.dynamic_port_detection) {
    return Refuse("config.port-label", QuoteGoAscii(selection.port_label),
                  "without a label name no container can be a target; name one, or leave the flag "
                  "out for PROMETHEUS_EXPORTER_PORT");
  }
  return {};
}

Result<void> CheckWeb(const Options& options) {
  if (options.web_unhealthy_after.count() < 0) {
    return Refuse("web.unhealthy-after", Quoted(options.web_unhealthy_after),
                  "the time must not be negative; write it like 15m, or 0 for never");
  }
  if (!options.web_listen_address.empty()) return {};
  const std::array<std::pair<std::string_view, bool>, 3> flags{
      {{"web.config.file", !options.web_config_file.empty()},
       {"web.allowed-hosts", !options.web_allowed_hosts.empty()},
       {"web.enable-lifecycle", options.web_enable_lifecycle}}};
  const auto* given = std::ranges::find_if(flags, [](const auto& flag) { return flag.second; });
  if (given == flags.end()) return {};
  return Fail(ErrorKind::kConfig,
              fmt::format("flag -{} is for the web server; start it with -web.listen-address",
                          given->first));
}

Result<std::optional<core::LabelFilter>> ParseFilter(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const std::size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  if (name.empty()) {
    return Refuse("config.filter-label", QuoteGoAscii(text),
                  "the name of the docker label is missing; write NAME or NAME=VALUE");
  }
  core::LabelFilter filter{.name = name, .value = std::nullopt};
  if (equals != std::string_view::npos) filter.value = std::string(text.substr(equals + 1));
  return filter;
}

Result<telemetry::LogLevel> ParseLevel(std::string_view text) {
  if (text == "debug") return telemetry::LogLevel::kDebug;
  if (text == "info") return telemetry::LogLevel::kInfo;
  if (text == "warn") return telemetry::LogLevel::kWarn;
  if (text == "error") return telemetry::LogLevel::kError;
  return Refuse("log.level", QuoteGoAscii(text), "not a log level; use debug, info, warn or error");
}

Result<telemetry::LogFormat> ParseFormat(std::string_view text) {
  if (text == "logfmt") return telemetry::LogFormat::kLogfmt;
  if (text == "json") return telemetry::LogFormat::kJson;
  return Refuse("log.format", QuoteGoAscii(text), "not a log format; use logfmt or json");
}

// Of the published limits; so much that nothing is ever held back.
constexpr double kMostShare = 1000;

Result<double> ParseShare(std::string_view text) {
  double share = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || std::isnan(share) || share <= 0 || share > kMostShare) {
    return Refuse("aws.rate-share", QuoteGoAscii(text),
                  "not a share; use a number above 0, such as 0.5, or above 1 where AWS has raised "
                  "the limits");
  }
  return share;
}

// The command is the first argument, where flags begin with a dash.
Command CommandOf(std::span<const std::string_view> arguments) {
  if (arguments.empty()) return Command::kDiscover;
  if (arguments.front() == "explain") return Command::kExplain;
  if (arguments.front() == "doctor") return Command::kDoctor;
  if (arguments.front() == "healthcheck") return Command::kHealthcheck;
  return Command::kDiscover;
}

Result<void> CheckCommand(const Options& options) {
  if (options.json && options.command != Command::kExplain && options.command != Command::kDoctor) {
    return Fail(ErrorKind::kConfig, "flag -json is for explain and doctor only; leave it out");
  }
  if ((options.each || options.skipped) && options.command != Command::kExplain) {
    return Fail(ErrorKind::kConfig, fmt::format("flag -{} is for explain only; leave it out",
                                                options.each ? "all" : "skipped"));
  }
  if (options.dry_run && options.command != Command::kDiscover) {
    return Fail(ErrorKind::kConfig,
                "flag -dry-run is not for explain, doctor or healthcheck, which change nothing");
  }
  if (options.command == Command::kHealthcheck && options.names.size() > 1) {
    return Fail(ErrorKind::kConfig, "healthcheck takes one URL only");
  }
  return {};
}

// The limits of STS (API reference, AssumeRole).
Result<void> CheckRole(const Options& options) {
  constexpr std::size_t kShortest = 2;
  constexpr std::size_t kLongestId = 1224;
  constexpr std::size_t kLongestName = 64;
  const auto allowed = [](std::string_view text, std::string_view marks) {
    return std::ranges::all_of(text, [marks](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             marks.find(c) != std::string_view::npos;
    });
  };
  const std::array<std::pair<std::string_view, const std::string*>, 2> flags{
      {{"aws.external-id", &options.external_id},
       {"aws.role-session-name", &options.role_session_name}}};
  for (const auto& [flag, value] : flags) {
    if (!value->empty() && options.role_arn.empty()) {
      return Fail(ErrorKind::kConfig,
                  fmt::format("flag -{} is for a role; name the role with -config.role-arn", flag));
    }
  }
  const auto& id = options.external_id;
  if (!id.empty() &&
      (id.size() < kShortest || id.size() > kLongestId || !allowed(id, "_+=,.@:/-"))) {
    return Refuse("aws.external-id", QuoteGoAscii(id),
                  "STS takes 2 to 1224 letters, digits and _+=,.@:/-");
  }
  const auto& name = options.role_session_name;
  if (!name.empty() &&
      (name.size() < kShortest || name.size() > kLongestName || !allowed(name, "_+=,.@-"))) {
    return Refuse("aws.role-session-name", QuoteGoAscii(name),
                  "STS takes 2 to 64 letters, digits and _+=,.@-");
  }
  return {};
}

// Durations are added to points in time, which nearly three centuries (Go's longest) would
// overflow; a year is as good as never.
void LimitDurations(Options& options) {
  constexpr std::chrono::nanoseconds kYear = std::chrono::hours(24 * 365);
  for (auto* duration : {&options.scrape_interval, &options.connect_timeout, &options.call_timeout,
                         &options.refresh_timeout, &options.rediscover_within,
                         &options.startup_grace, &options.web_unhealthy_after}) {
    *duration = std::min(*duration, kYear);
  }
}

Result<Options> Check(Draft draft) {
  if (auto checked = CheckCommand(draft.options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (auto checked = CheckDurations(draft.options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (auto checked = CheckPatience(draft.options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (auto checked = CheckNames(draft.options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (auto checked = CheckRole(draft.options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (auto checked = CheckWeb(draft.options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  auto filter = ParseFilter(draft.filter_label);
  if (!filter) return tl::unexpected(std::move(filter).error());
  const auto level = ParseLevel(draft.log_level);
  if (!level) return tl::unexpected(level.error());
  const auto format = ParseFormat(draft.log_format);
  if (!format) return tl::unexpected(format.error());
  const auto share = ParseShare(draft.rate_share);
  if (!share) return tl::unexpected(share.error());
  LimitDurations(draft.options);
  draft.options.rate_share = *share;
  draft.options.selection.filter = *std::move(filter);
  draft.options.log_level = *level;
  draft.options.log_format = *format;
  draft.options.shown = ShownOf(draft);
  return std::move(draft.options);
}

// Of the flags that say what is read, those of which the last one wins: whoever gives two may mean
// both. Others are often repeated on purpose, by scripts that append to a command line.
std::vector<std::string> OverriddenSelections(std::span<const GivenFlag> given) {
  constexpr std::array<std::string_view, 5> kSelections = {
      "config.cluster", "config.filter-label", "config.role-arn", "aws.profile", "aws.region"};
  auto names = OverriddenFlags(given);
  std::erase_if(names, [&](const std::string& name) {
    return std::ranges::find(kSelections, name) == kSelections.end();
  });
  return names;
}

}  // namespace

Result<ParsedCommandLine> ParseCommandLine(std::span<const std::string_view> arguments) {
  Draft draft;
  draft.options.command = CommandOf(arguments);
  const bool discover = draft.options.command == Command::kDiscover;
  const bool takes_names =
      draft.options.command == Command::kExplain || draft.options.command == Command::kHealthcheck;
  std::vector<GivenFlag> given;
  const auto outcome = ParseFlags(FlagsOf(draft), discover ? arguments : arguments.subspan(1),
                                  takes_names ? &draft.options.names : nullptr, &given);
  if (!outcome) return tl::unexpected(outcome.error());
  if (*outcome == FlagOutcome::kHelpWanted) return ShowHelp{HelpText()};
  if (draft.version) return ShowVersion{};
  draft.options.overridden = OverriddenSelections(given);
  auto options = Check(std::move(draft));
  if (!options) return tl::unexpected(std::move(options).error());
  return *std::move(options);
}

std::string HelpText() {
  Draft draft;
  return std::string(kUsage) + DescribeFlags(FlagsOf(draft)) + std::string(kNotes);
}

}  // namespace ecsd::config
