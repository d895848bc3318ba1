#include "app/run.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/check.h"
#include "app/commands.h"
#include "app/doctor.h"
#include "app/doctor_start.h"
#include "app/exit_status.h"
#include "app/prepare.h"
#include "app/service_manager.h"
#include "app/signals.h"
#include "app/supervisor.h"
#include "app/version.h"
#include "app/watchdog.h"
#include "app/web.h"
#include "aws/environment.h"
#include "aws/limiter.h"
#include "config/go_flags.h"
#include "config/options.h"
#include "output/file_sink.h"
#include "output/format.h"
#include "state/identity.h"
#include "state/scope.h"
#include "state/state_file.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

void SayWhatStarts(const config::Options& options, const std::string& region,
                   const telemetry::Log& log) {
  log.Info("starting " + std::string(kProgramName),
           {{"version", kVersion},
            {"region", region},
            {"cluster", options.cluster.empty() ? "all" : options.cluster},
            {"file", options.write_to.empty() ? "none" : options.write_to}});
  if (options.write_to.empty()) return;
  if (!output::HasReadableSuffix(options.write_to)) {
    log.Warn("Prometheus' file_sd reads only .json, .yml and .yaml; rename the output file",
             {{"file", options.write_to}});
  }
}

// Said once at the start: Go's rules have the last one win, which hides a mistake.
void WarnOfOverriddenFlags(const config::Options& options, const telemetry::Log& log) {
  for (const auto& name : options.overridden) {
    const auto shown = std::ranges::find(options.shown, name, &config::FlagValue::name);
    log.Warn(name == "config.cluster"
                 ? "flag is given more than once and the last one wins: one cluster only; run "
                   "one process for each, or leave the flag out for every cluster of the region"
                 : "flag is given more than once and the last one wins; give it once",
             {{"flag", "-" + name},
              {"value", shown == options.shown.end() ? std::string() : shown->value}});
  }
}

// Much longer than reading or writing the files of a start or an end takes where disks work.
constexpr std::chrono::minutes kLongestStartOrEnd{5};

state::Identity IdentityOf(const config::Options& options,
                           const AwsAccount::Parameters& parameters) {
  return {.region = parameters.settings.region,
          .role_arn = options.role_arn,
          .profile = parameters.profile.name};
}

// The state file, where one is asked for and can be had. An error ends the program.
support::Result<std::optional<state::StateFile::Opened>> OpenState(const config::Options& options,
                                                                   const state::Identity& identity,
                                                                   const telemetry::Log& log) {
  const auto& path = options.state_path;
  const bool discovers = options.command == config::Command::kDiscover && !options.dry_run;
  if (path.empty() || !discovers) return std::nullopt;
  auto opened = state::StateFile::Open(path, identity, state::ScopeOf(options.cluster));
  const auto kind = opened ? support::ErrorKind::kIo : opened.error().kind;
  if (kind == support::ErrorKind::kConfig || kind == support::ErrorKind::kResource) {
    auto error = support::Annotate("-state.path " + path, std::move(opened).error());
    if (kind == support::ErrorKind::kResource)
      error.message += "; stop that, or give each process a state file of its own";
    return tl::unexpected(std::move(error));
  }
  if (!opened) {
    log.Warn("state file cannot be used; a restart starts without cached state",
             {{"file", path}, {"error", opened.error().message}});
    return std::nullopt;
  }
  if (!opened->set_aside.empty()) {
    log.Warn("state file set aside, a new one is made",
             {{"file", path}, {"reason", opened->set_aside}});
  }
  return std::optional(*std::move(opened));
}

// What doctor finds on this machine. Without `parameters` the configuration is wrong.
std::vector<Check> StartChecks(const config::Options& options,
                               const AwsAccount::Parameters* parameters,
                               const aws::Environment& environment, const support::Clock& clock,
                               const telemetry::Log& log) {
  if (options.command != config::Command::kDoctor) return {};
  StartParts parts{
      .options = options, .environment = environment, .identity = {}, .clock = clock, .log = log};
  if (parameters != nullptr) parts.identity = IdentityOf(options, *parameters);
  return CheckStart(parts);
}

int StatusOf(bool good) {
  return good ? kExitGood : kExitFailed;
}

int Discover(const CommandContext& context, std::optional<state::StateFile::Opened> state,
             Alarm& alarm) {
  SayWhatStarts(context.options, context.account.region(), context.log);
  std::unique_ptr<Web> web;
  if (!context.options.web_listen_address.empty()) {
    auto started = Web::Start(context.options, context.account, alarm, context.clock, context.log);
    if (!started) {
      context.log.Error(started.error().message);
      return StartStatusOf(started.error().kind);
    }
    web = *std::move(started);
  }
  const std::vector<SourceParts> sources = {
      {.options = context.options, .account = context.account}};
  Supervisor supervisor(context, sources, alarm, web == nullptr ? nullptr : &web->dashboard());
  if (state) supervisor.UseState(*std::move(state));
  context.service.Ready();
  const bool good = supervisor.Run(context.stop);
  context.watchdog.Expect("ending", kLongestStartOrEnd);
  return StatusOf(good);
}

// What was prepared for the command before the account was there.
struct Prepared {
  std::optional<state::StateFile::Opened> state;  // discover
  std::vector<Check> checks;                      // doctor
};

int RunCommand(const CommandContext& context, Prepared prepared, Alarm& alarm) {
  switch (context.options.command) {
    case config::Command::kExplain:
      return StatusOf(Explain(context));
    case config::Command::kDoctor:
      return StatusOf(Doctor(context, std::move(prepared.checks)));
    case config::Command::kDiscover:
    case config::Command::kHealthcheck:  // makes no calls, and so does not come here
      break;
  }
  if (context.options.dry_run) return StatusOf(DryRun(context));
  return Discover(context, std::move(prepared.state), alarm);
}

// A terminal that hangs up ends what only prints to it, unless nohup was asked for; to the others
// SIGHUP says to refresh now. `alarm` must outlive what is returned.
std::function<void()> OnHangUp(const config::Options& options, std::stop_source stop,
                               Alarm& alarm) {
  const bool prints = options.command != config::Command::kDiscover || options.dry_run;
  if (!prints) return [&alarm] { alarm.Ring(); };
  if (IsHangUpIgnored()) return [] {};
  return [source = std::move(stop)]() mutable { source.request_stop(); };
}

}  // namespace

int Run(const config::Options& options, const aws::Environment& environment) {
  const telemetry::Log log(options.log_level, options.log_format);
  std::stop_source stop;
  Alarm alarm;
  const Signals signals(stop, OnHangUp(options, stop, alarm));
  const support::RealClock clock;
  ServiceManager service(environment, ::getpid(), clock);
  Watchdog watchdog(
      stop.get_token(), {},
      [format = options.log_format](const std::string& doing, auto seconds) {
        EndStuckProcess(doing, seconds, format);
      },
      [&service] { service.Alive(); });
  const std::stop_callback stopping(stop.get_token(), [&service] { service.Stopping(); });
  watchdog.Expect("starting", kLongestStartOrEnd);
  WarnOfOverriddenFlags(options, log);
  auto parameters =
      Prepare(options, environment, {.clock = clock, .log = log, .stop = stop.get_token()});
  if (!parameters && !stop.stop_requested()) {
    log.Error(parameters.error().message);
    if (options.command == config::Command::kDoctor) {
      auto checks = StartChecks(options, nullptr, environment, clock, log);
      watchdog.Allow("printing");
      DoctorWithoutAws(options, parameters.error(), std::move(checks), stop.get_token(), log);
    }
    return StartStatusOf(parameters.error().kind);
  }
  if (!parameters) return kExitGood;
  auto state = OpenState(options, IdentityOf(options, *parameters), log);
  if (!state) {
    log.Error(state.error().message);
    return StartStatusOf(state.error().kind);
  }
  auto checks = StartChecks(options, &*parameters, environment, clock, log);
  aws::Limiter limiter(options.rate_share, clock, log);
  AwsAccount account(*std::move(parameters), limiter, clock, log);
  const int status = RunCommand({.options = options,
                                 .account = account,
                                 .clock = clock,
                                 .log = log,
                                 .watchdog = watchdog,
                                 .service = service,
                                 .stop = stop.get_token()},
                                {.state = *std::move(state), .checks = std::move(checks)}, alarm);
  if (!stop.stop_requested()) return status;
  log.Info("stopped by a signal");
  return kExitGood;
}

}  // namespace ecsd::app
