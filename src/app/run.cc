#include "app/run.h"

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/commands.h"
#include "app/doctor.h"
#include "app/refresh_loop.h"
#include "app/signals.h"
#include "app/version.h"
#include "aws/environment.h"
#include "aws/settings.h"
#include "aws/static_credentials.h"
#include "config/options.h"
#include "output/file_sink.h"
#include "output/format.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

using support::Result;

std::chrono::milliseconds Milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

// What can be found wrong before any call is made.
Result<AwsAccount::Parameters> Prepare(const config::Options& options,
                                       const aws::Environment& environment) {
  const bool writes = options.command == config::Command::kDiscover && !options.dry_run;
  if (auto checked = output::CheckOutputPath(options.write_to); writes && !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  auto profile = aws::ChooseProfile(environment);
  const auto files = aws::ReadSharedFiles(profile);
  if (!files) return tl::unexpected(files.error());
  auto settings = aws::ResolveSettings(environment, profile, *files);
  if (!settings) return tl::unexpected(std::move(settings).error());
  const auto keys = aws::EnvironmentCredentials(environment);
  if (!keys) return tl::unexpected(keys.error());
  if (!*keys) {
    const auto in_profile = aws::ProfileCredentials(profile, *files);
    if (!in_profile) return tl::unexpected(in_profile.error());
  }
  return AwsAccount::Parameters{.environment = environment,
                                .profile = std::move(profile),
                                .settings = *std::move(settings),
                                .role_arn = options.role_arn,
                                .timeouts = {.connect = Milliseconds(options.connect_timeout),
                                             .total = Milliseconds(options.call_timeout)}};
}

void SayWhatStarts(const config::Options& options, const std::string& region,
                   const telemetry::Log& log) {
  log.Info("starting " + std::string(kProgramName),
           {{"version", kVersion},
            {"region", region},
            {"cluster", options.cluster.empty() ? "all" : options.cluster},
            {"file", options.write_to}});
  if (!output::HasReadableSuffix(options.write_to)) {
    log.Warn("Prometheus' file_sd reads only .json, .yml and .yaml; rename the output file",
             {{"file", options.write_to}});
  }
}

bool RunCommand(const CommandContext& context, Alarm& alarm) {
  switch (context.options.command) {
    case config::Command::kExplain:
      return Explain(context);
    case config::Command::kDoctor:
      return Doctor(context);
    case config::Command::kDiscover:
      break;
  }
  if (context.options.dry_run) return DryRun(context);
  SayWhatStarts(context.options, context.account.region(), context.log);
  RefreshLoop loop(context.options, context.account, alarm, context.clock, context.log);
  return loop.Run(context.stop);
}

}  // namespace

int Run(const config::Options& options, const aws::Environment& environment) {
  const telemetry::Log log(options.log_level, options.log_format);
  auto parameters = Prepare(options, environment);
  if (!parameters) {
    log.Error(parameters.error().message);
    return kExitUsage;
  }
  std::stop_source stop;
  Alarm alarm;
  const Signals signals(stop, [&alarm] { alarm.Ring(); });
  const support::RealClock clock;
  AwsAccount account(*std::move(parameters), clock, log);
  const bool good = RunCommand({.options = options,
                                .account = account,
                                .clock = clock,
                                .log = log,
                                .stop = stop.get_token()},
                               alarm);
  if (stop.stop_requested()) log.Info("stopped by a signal");
  return good || stop.stop_requested() ? kExitGood : kExitFailed;
}

}  // namespace ecsd::app
