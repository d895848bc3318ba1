#include "app/refresh_loop.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/event_report.h"
#include "app/file_contents.h"
#include "app/possible_targets.h"
#include "aws/credentials.h"
#include "config/options.h"
#include "core/reason.h"
#include "core/records.h"
#include "discovery/account_records.h"
#include "discovery/fleet.h"
#include "discovery/known_state.h"
#include "discovery/schedule.h"
#include "discovery/source.h"
#include "discovery/task_reader.h"
#include "output/file_sink.h"
#include "output/read_targets.h"
#include "state/fleet_changes.h"
#include "state/record_codec.h"
#include "state/state_file.h"
#include "support/clock.h"
#include "support/draw.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

std::string_view NameOf(output::WriteOutcome outcome) {
  switch (outcome) {
    case output::WriteOutcome::kReplaced:
      return "replaced";
    case output::WriteOutcome::kWrittenInPlace:
      return "in_place";
    case output::WriteOutcome::kUnchanged:
      break;
  }
  return "unchanged";
}

// Much longer than any disk that works takes.
constexpr std::chrono::minutes kLongestWrite{3};

// "no_binding=7 no_port_label=36"
std::string Describe(const core::ReasonCounts& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts.at(i) == 0) continue;
    if (!text.empty()) text += ' ';
    text += fmt::format("{}={}", core::ReasonName(static_cast<core::Reason>(i)), counts.at(i));
  }
  return text.empty() ? "none" : text;
}

discovery::Moment Now(const support::Clock& clock) {
  return {.steady = clock.Steady(), .system = clock.Now()};
}

discovery::ObserveTask ObserverOf(Dashboard* dashboard) {
  if (dashboard == nullptr) return {};
  return [dashboard](const core::Task& task, const discovery::TaskReferences& references) {
    dashboard->TaskDescribed(task, references);
  };
}

discovery::Source::Parameters ParametersOf(const config::Options& options, AwsAccount& account,
                                           Dashboard* dashboard) {
  return {.clients = account.clients(),
          .cluster = options.cluster,
          .region = account.region(),
          .selection = options.selection,
          .interval = options.scrape_interval,
          .rediscover_within = options.rediscover_within,
          .startup_grace = options.startup_grace,
          .max_drop_percent = options.max_drop_percent,
          .one_shot = options.scrape_times == 1,
          .observe = ObserverOf(dashboard)};
}

state::Change ChangeTo(const discovery::HeldLoss& held) {
  return {.kind = state::RecordKind::kHeldLoss,
          .key = state::KeyOf(held),
          .bytes = state::Encode(held)};
}

std::uint64_t ThrottlesOf(const AwsAccount& account) {
  std::uint64_t throttles = 0;
  for (const auto& stats : account.stats().View()) {
    throttles += stats.failures.at(static_cast<std::size_t>(support::ErrorKind::kThrottled));
  }
  return throttles;
}

}  // namespace

RefreshLoop::RefreshLoop(const CommandContext& context, Alarm& alarm, Dashboard* dashboard)
    : options_(context.options),
      account_(context.account),
      alarm_(alarm),
      clock_(context.clock),
      log_(context.log),
      watchdog_(context.watchdog),
      dashboard_(dashboard),
      source_(ParametersOf(options_, account_, dashboard), clock_),
      sink_(options_.write_to, [&log = log_](const std::string& message) { log.Warn(message); }),
      clock_report_(log_),
      refused_(log_) {}

void RefreshLoop::UseState(state::StateFile::Opened state) {
  source_.Restore(state.known);
  kept_ = source_.fleet().Snapshot(Now(clock_));
  kept_loss_ = state.known.held;
  keeper_.emplace(std::move(state.file), state.known, log_);
}

bool RefreshLoop::Run(const std::stop_token& stop) {
  const std::stop_callback hurry(stop, [this] {
    if (keeper_) keeper_->Hurry();
  });
  ReadOwnFile(stop);
  const auto first = clock_.Steady();
  for (std::int64_t done = 1;; ++done) {
    const bool last = options_.scrape_times > 0 && done >= options_.scrape_times;
    const bool good = RunOnce(stop, last);
    if (stop.stop_requested()) return true;
    if (last) return good;
    if (dashboard_ != nullptr) dashboard_->FindCaller(account_.sts(), stop);
    const auto next =
        discovery::NextStart(first, options_.scrape_interval, clock_.Steady(), support::Draw());
    watchdog_.Allow("waiting for the next refresh");
    if (!alarm_.WaitUntil(stop, next)) return true;
  }
}

void RefreshLoop::ReadOwnFile(const std::stop_token& stop) {
  if (options_.write_to.empty()) return;
  sink_.Notice();
  auto file = output::ReadTargetsOf(options_.write_to, stop);
  if (!file) {
    if (file.error().kind == support::ErrorKind::kNotFound || stop.stop_requested()) return;
    log_.Warn(source_.MayWrite()
                  ? "the existing output file tells nothing; it is replaced by what is known"
                  : "the existing output file tells nothing; it stays until all clusters were read",
              {{"error", file.error().message}});
    return;
  }
  file->skipped += DropImpossible(file->targets, options_.write_to, log_);
  const bool whole = file->damage.empty() && file->skipped == 0;
  source_.Seed(file->targets, whole, file->written);
  if (!file->damage.empty()) {
    log_.Warn("the existing output file could not be read to its end",
              {{"file", options_.write_to}, {"error", file->damage}});
    return;
  }
  // What a state file brought may be more than the output file has.
  if (whole && !keeper_) written_ = source_.fleet().targets_version();
  log_.Info("began with the targets of the existing file",
            {{"file", options_.write_to},
             {"targets", fmt::format("{}", file->targets.size())},
             {"groups_skipped", fmt::format("{}", file->skipped)}});
}

bool RefreshLoop::RunOnce(const std::stop_token& stop, bool last) {
  const auto start = clock_.Steady();
  watchdog_.Expect("reading the account", options_.refresh_timeout + kRefreshMargin);
  const auto report = Refresh({.stop = stop, .at = start + options_.refresh_timeout});
  log_.Debug("calls of this refresh", {{"calls", call_report_.Next(account_.limiter().View())}});
  if (stop.stop_requested()) return false;
  if (!report.error) account_.SettleLimits();
  if (keeper_) KeepState();
  clock_report_.Look(account_.clock_ahead());
  const auto took = clock_.Steady() - start;
  if (dashboard_ != nullptr) {
    dashboard_->RefreshEnded(report, took);
    dashboard_->ThrottledSoFar(ThrottlesOf(account_));
  }
  const bool good = Conclude(report, last, stop);
  if (dashboard_ != nullptr) {
    dashboard_->TargetsRefused(refused_.known().count);
    dashboard_->Publish(source_);
  }
  log_.Debug(
      "refresh ended",
      {{"duration_ms",
        fmt::format("{}", std::chrono::duration_cast<std::chrono::milliseconds>(took).count())},
       {"listed", fmt::format("{}", report.listed)},
       {"described", fmt::format("{}", report.described)}});
  return good;
}

bool RefreshLoop::Conclude(const discovery::RefreshReport& report, bool last,
                           const std::stop_token& stop) {
  ReportEvents(report);
  ReportFailure(report);
  const bool complete = report.complete();
  if ((last && report.error) || !source_.MayWrite()) return false;
  const bool written = Write(complete, stop);
  ReportReasons();
  refused_.Look(source_.fleet());
  return written && complete;
}

discovery::RefreshReport RefreshLoop::Refresh(const aws::Deadline& deadline) {
  const auto credentials = account_.credentials().Get(deadline);
  if (!credentials) return source_.Fail(credentials.error());
  if (dashboard_ != nullptr) dashboard_->UsesCredentials(*credentials);
  if (credentials->source != credential_source_) {
    credential_source_ = credentials->source;
    log_.Info("using AWS credentials", {{"source", credential_source_}});
  }
  return source_.Refresh(deadline);
}

// Tasks are kept only when the output file may have them too, so that a process which begins with
// them may write them.
void RefreshLoop::KeepState() {
  discovery::KnownState known;
  source_.records().Save(known);
  std::vector<state::Change> changes;
  if (source_.MayWrite()) {
    auto now = source_.fleet().Snapshot(Now(clock_));
    changes = state::ChangesBetween(*kept_, *now);
    kept_ = std::move(now);
  }
  AddHeldLoss(changes);
  keeper_->Keep(known, std::move(changes), [tasks = kept_, held = kept_loss_] {
    auto all = state::ChangesBetween(discovery::FleetSnapshot({}, {}), *tasks);
    if (held) all.push_back(ChangeTo(*held));
    return all;
  });
}

// Adds what makes the file hold the loss that is held back now, and none that was before.
void RefreshLoop::AddHeldLoss(std::vector<state::Change>& changes) {
  auto now = source_.held_loss();
  if (now == kept_loss_) return;
  if (kept_loss_ && (!now || now->clusters != kept_loss_->clusters)) {
    auto gone = ChangeTo(*kept_loss_);
    gone.bytes.reset();
    changes.push_back(std::move(gone));
  }
  if (now) changes.push_back(ChangeTo(*now));
  kept_loss_ = std::move(now);
}

void RefreshLoop::ReportEvents(const discovery::RefreshReport& report) {
  for (const auto& event : report.events) {
    ReportEvent(event, {.clusters = report.clusters.size(), .ends_early = EndsBeforeTheyAgree()},
                log_);
  }
}

// Whether no state file carries the count of agreeing refreshes on, and this process makes too few.
bool RefreshLoop::EndsBeforeTheyAgree() const {
  constexpr std::int64_t kRefreshesToAgree = 3;
  return !keeper_ && options_.scrape_times > 0 && options_.scrape_times < kRefreshesToAgree;
}

// In full when it begins or is of another kind, for people read this at night.
void RefreshLoop::ReportFailure(const discovery::RefreshReport& report) {
  if (!report.error) {
    if (std::exchange(failure_, std::nullopt)) log_.Info("refreshes are complete again");
    return;
  }
  const auto failed = std::ranges::count_if(
      report.clusters,
      [](const discovery::ClusterHealth& cluster) { return cluster.error.has_value(); });
  const bool useful = source_.MayWrite() && !report.clusters.empty();
  const std::string_view failed_message = options_.write_to.empty()
                                              ? "refresh failed; the targets stay as they were"
                                              : "refresh failed; the output file was left alone";
  const std::string_view message =
      useful ? "refresh incomplete; what could not be read stays as it was" : failed_message;
  const auto clusters = report.clusters.empty()
                            ? std::string("all")
                            : fmt::format("{} of {}", failed, report.clusters.size());
  const bool said = std::exchange(failure_, report.error->kind) == report.error->kind;
  if (said) {
    log_.Debug(message, {{"error", report.error->message}, {"clusters_failed", clusters}});
  } else {
    log_.Error(message, {{"error", report.error->message}, {"clusters_failed", clusters}});
  }
}

// The file's mtime moves after complete refreshes only, for people alert on its age. A file that
// somebody else has changed or removed is mended after any refresh: an outage may be long.
bool RefreshLoop::Write(bool complete, const std::stop_token& stop) {
  if (options_.write_to.empty()) {
    ReportServed();
    return true;
  }
  watchdog_.Expect("writing the output file " + options_.write_to, kLongestWrite);
  const auto version = source_.fleet().targets_version();
  if (written_ == version) {
    if (!complete && !sink_.IsDisturbed()) return true;
    if (complete && sink_.TouchIfStillOurs()) {
      if (dashboard_ != nullptr) dashboard_->FileWritten(output::WriteOutcome::kUnchanged);
      ReportWritten(output::WriteOutcome::kUnchanged);
      return true;
    }
  }
  const auto outcome =
      sink_.Write(FileContents(source_.fleet(), options_.write_to), stop,
                  complete ? output::WhenEqual::kTouch : output::WhenEqual::kLeave);
  if (dashboard_ != nullptr && !stop.stop_requested()) dashboard_->FileWritten(outcome);
  if (!outcome) {
    if (outcome.error().kind == support::ErrorKind::kCancelled) return false;
    written_.reset();
    ReportUnwritten(outcome.error());
    return false;
  }
  if (std::exchange(unwritten_, false)) log_.Info("the output file can be written again");
  written_ = version;
  ReportWritten(*outcome);
  return true;
}

void RefreshLoop::ReportServed() {
  log_.Info("refreshed", {{"tasks", fmt::format("{}", source_.fleet().task_count())},
                          {"targets", fmt::format("{}", source_.fleet().target_count())}});
}

void RefreshLoop::ReportWritten(output::WriteOutcome outcome) {
  log_.Info("refreshed", {{"tasks", fmt::format("{}", source_.fleet().task_count())},
                          {"targets", fmt::format("{}", source_.fleet().target_count())},
                          {"file", options_.write_to},
                          {"written", std::string(NameOf(outcome))}});
}

// Once, until it can be written again: the operator knows then.
void RefreshLoop::ReportUnwritten(const support::Error& error) {
  constexpr std::string_view kMessage = "the output file could not be written";
  if (std::exchange(unwritten_, true)) {
    log_.Debug(kMessage, {{"error", error.message}});
  } else {
    log_.Error(kMessage, {{"error", error.message}});
  }
}

void RefreshLoop::ReportReasons() {
  const auto reasons = source_.fleet().Reasons();
  if (reasons == reasons_) return;
  reasons_ = reasons;
  log_.Info("containers that are no targets", {{"reasons", Describe(reasons)}});
}

}  // namespace ecsd::app
