#include "config/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "config/go_duration.h"
#include "config/go_flags.h"
#include "config/go_quote.h"

namespace ecsd::config {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// What the flags are read into before it is checked. The flags with a type of their own are kept as
// text; all others go straight into the options.
struct Draft {
  Options options;
  std::string filter_label;
  std::string log_level = "info";
  std::string log_format = "logfmt";
  bool version = false;
};

// Every flag of the program; parsing, the help text and the defaults all come from here.
std::vector<Flag> FlagsOf(Draft& draft) {
  Options& options = draft.options;
  core::Selection& selection = options.selection;
  return {
      {"config.cluster", &options.cluster,
       "`name` or ARN of the one ECS cluster to read; empty: every cluster of the account in the "
       "region"},
      {"config.scrape-interval", &options.scrape_interval,
       "time between the starts of two refreshes from the AWS APIs"},
      {"config.scrape-times", &options.scrape_times,
       "exit after this many refreshes; 0 or less: run for ever"},
      {"config.write-to", &options.write_to,
       "`file` to write the targets to, for Prometheus' file_sd_configs; JSON if the name ends in "
       ".json, else YAML"},
      {"config.role-arn", &options.role_arn,
       "`ARN` of an IAM role to assume before calling the ECS and EC2 APIs; empty: use the "
       "credentials of the environment as they are"},
      {"config.port-label", &selection.port_label,
       "docker `label` with the container port to scrape; a container without it is no target"},
      {"config.path-label", &selection.path_label,
       "docker `label` with the path of the metrics, which becomes __metrics_path__"},
      {"config.scheme-label", &selection.scheme_label,
       "docker `label` with http or https, which becomes __scheme__"},
      {"config.server-name-label", &selection.server_name_label,
       "docker `label` with a host name to scrape instead of the IP address"},
      {"config.job-name-label", &selection.job_name_label,
       "docker `label` with the value of the label job"},
      {"config.filter-label", &draft.filter_label,
       "`NAME[=VALUE]`: only containers with the docker label NAME, or with that value of it; "
       "empty: all containers"},
      {"config.dynamic-port-detection", &selection.dynamic_port_detection,
       "take the port from the container's only tcp port binding instead of the port label; only "
       "containers with the docker label PROMETHEUS_DYNAMIC_EXPORT=1 are targets then"},
      {"aws.connect-timeout", &options.connect_timeout,
       "longest time to connect to an AWS endpoint, name look-up and TLS included"},
      {"aws.call-timeout", &options.call_timeout, "longest time for one try of one AWS API call"},
      {"refresh-timeout", &options.refresh_timeout,
       "longest time for one refresh; what has not been read by then keeps its last targets"},
      {"log.level", &draft.log_level, "least important `level` to log: debug, info, warn or error"},
      {"log.format", &draft.log_format, "`format` of the log lines: logfmt or json"},
      {"dry-run", &options.dry_run,
       "read the account once, print what would be written to -config.write-to, change nothing"},
      {"json", &options.json, "with explain: print JSON, for scripts"},
      {"version", &draft.version, "print the version and exit"},
  };
}

constexpr std::string_view kUsage =
    "Usage: prometheus-ecs-discovery [flags]\n"
    "       prometheus-ecs-discovery explain [NAME...] [flags]\n"
    "       prometheus-ecs-discovery doctor [flags]\n"
    "\n"
    "Lists the containers of Amazon ECS that expose metrics and writes them as targets to a file "
    "for\n"
    "Prometheus. A flag is written -flag value, -flag=value or with two dashes; a boolean only "
    "-flag or\n"
    "-flag=false. Durations are like 1m30s, 90s or 500ms.\n"
    "\n"
    "explain reads the account once and says for every container, or for those whose cluster, "
    "service,\n"
    "task, family or container is called NAME, which target it is or why it is none. doctor checks "
    "the\n"
    "credentials, the region, the clock, each permission and the output path.\n"
    "\n";

constexpr std::string_view kNotes =
    "\n"
    "Environment: the region is AWS_REGION, AWS_DEFAULT_REGION, or that of the profile. "
    "Credentials "
    "are\n"
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the keys of the profile "
    "(AWS_PROFILE)\n"
    "in ~/.aws or the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name. "
    "AWS_ENDPOINT_URL,\n"
    "AWS_ENDPOINT_URL_ECS, _EC2 and _STS, HTTPS_PROXY and NO_PROXY are followed.\n"
    "\n"
    "Exit status: 0 success; 1 the last of -config.scrape-times refreshes, or its file, was not "
    "good;\n"
    "2 the command line, the environment or the output directory must be changed.\n";

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

Result<void> CheckNames(const Options& options) {
  if (options.write_to.empty()) {
    return Refuse("config.write-to", QuoteGoAscii(options.write_to),
                  "there is no file to write to; name one, or leave the flag out for "
                  "ecs_file_sd.yml");
  }
  const core::Selection& selection = options.selection;
  if (selection.port_label.empty() && !selection.dynamic_port_detection) {
    return Refuse("config.port-label", QuoteGoAscii(selection.port_label),
                  "without a label name no container can be a target; name one, or leave the flag "
                  "out for PROMETHEUS_EXPORTER_PORT");
  }
  return {};
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

// The command is the first argument, where flags begin with a dash.
Command CommandOf(std::span<const std::string_view> arguments) {
  if (arguments.empty()) return Command::kDiscover;
  if (arguments.front() == "explain") return Command::kExplain;
  if (arguments.front() == "doctor") return Command::kDoctor;
  return Command::kDiscover;
}

Result<void> CheckCommand(const Options& options) {
  if (options.json && options.command != Command::kExplain) {
    return Fail(ErrorKind::kConfig, "flag -json is for explain only; leave it out");
  }
  if (options.dry_run && options.command != Command::kDiscover) {
    return Fail(ErrorKind::kConfig,
                "flag -dry-run is not for explain or doctor, which change nothing");
  }
  return {};
}

// Durations are added to points in time, which nearly three centuries (Go's longest) would
// overflow; a year is as good as never.
void LimitDurations(Options& options) {
  constexpr std::chrono::nanoseconds kYear = std::chrono::hours(24 * 365);
  for (auto* duration : {&options.scrape_interval, &options.connect_timeout, &options.call_timeout,
                         &options.refresh_timeout}) {
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
  if (auto checked = CheckNames(draft.options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  auto filter = ParseFilter(draft.filter_label);
  if (!filter) return tl::unexpected(std::move(filter).error());
  const auto level = ParseLevel(draft.log_level);
  if (!level) return tl::unexpected(level.error());
  const auto format = ParseFormat(draft.log_format);
  if (!format) return tl::unexpected(format.error());
  LimitDurations(draft.options);
  draft.options.selection.filter = *std::move(filter);
  draft.options.log_level = *level;
  draft.options.log_format = *format;
  return std::move(draft.options);
}

}  // namespace

Result<ParsedCommandLine> ParseCommandLine(std::span<const std::string_view> arguments) {
  Draft draft;
  draft.options.command = CommandOf(arguments);
  const bool discover = draft.options.command == Command::kDiscover;
  const bool explain = draft.options.command == Command::kExplain;
  const auto outcome = ParseFlags(FlagsOf(draft), discover ? arguments : arguments.subspan(1),
                                  explain ? &draft.options.names : nullptr);
  if (!outcome) return tl::unexpected(outcome.error());
  if (*outcome == FlagOutcome::kHelpWanted) return ShowHelp{HelpText()};
  if (draft.version) return ShowVersion{};
  auto options = Check(std::move(draft));
  if (!options) return tl::unexpected(std::move(options).error());
  return *std::move(options);
}

std::string HelpText() {
  Draft draft;
  return std::string(kUsage) + DescribeFlags(FlagsOf(draft)) + std::string(kNotes);
}

}  // namespace ecsd::config
