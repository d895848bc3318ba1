#include "app/refresh_loop.h"

#include <fmt/core.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/file_contents.h"
#include "app/possible_targets.h"
#include "app/refresh_log.h"
#include "aws/credentials.h"
#include "config/options.h"
#include "core/selection.h"
#include "discovery/fleet.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"
#include "discovery/schedule.h"
#include "discovery/source.h"
#include "discovery/stored_references.h"
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

// Much longer than any disk that works takes.
constexpr std::chrono::minutes kLongestWrite{3};

discovery::Source::Parameters ParametersOf(const config::Options& options, AwsAccount& account) {
  return {.clients = account.clients(),
          .cluster = options.cluster,
          .region = account.region(),
          .selection = std::make_shared<const core::Selection>(options.selection),
          .interval = options.scrape_interval,
          .rediscover_within = options.rediscover_within,
          .startup_grace = options.startup_grace,
          .max_drop_percent = options.max_drop_percent,
          .one_shot = options.scrape_times == 1};
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

// "72 targets in 120 tasks; everything was read", for systemctl status.
std::string StatusLine(const discovery::RefreshReport& report, const discovery::Fleet& fleet) {
  return fmt::format("{} targets in {} tasks; {}", fleet.target_count(), fleet.task_count(),
                     report.error ? report.error->message : "everything was read");
}

}  // namespace

RefreshLoop::RefreshLoop(const CommandContext& context, Alarm& alarm, Dashboard* dashboard)
    : options_(context.options),
      account_(context.account),
      alarm_(alarm),
      clock_(context.clock),
      log_(context.log),
      watchdog_(context.watchdog),
      service_(context.service),
      dashboard_(dashboard),
      source_(ParametersOf(options_, account_), clock_),
      sink_(options_.write_to, [&log = log_](const std::string& message) { log.Warn(message); }),
      refresh_log_(options_, clock_, log_) {}

void RefreshLoop::UseState(state::StateFile::Opened state) {
  source_.Restore(state.known);
  kept_ = source_.Snapshot();
  kept_loss_ = state.known.held;
  keeper_.emplace(std::move(state.file), state.known, clock_, log_);
}

bool RefreshLoop::Run(const std::stop_token& stop) {
  const std::stop_callback hurry(stop, [this] {
    if (keeper_) keeper_->Hurry();
  });
  ReadOwnFile(stop);
  refresh_log_.BeginWith(source_);
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
  log_.Info("began with the targets of the existing file", {{"file", options_.write_to},
                                                            {"targets", file->targets.size()},
                                                            {"groups_skipped", file->skipped}});
}

bool RefreshLoop::RunOnce(const std::stop_token& stop, bool last) {
  const auto start = clock_.Steady();
  watchdog_.Expect("reading the account", options_.refresh_timeout + kRefreshMargin);
  const auto report = Refresh({.stop = stop, .at = start + options_.refresh_timeout});
  if (stop.stop_requested()) return false;
  if (!report.error) account_.SettleLimits();
  if (keeper_) KeepState();
  const auto took = clock_.Steady() - start;
  if (dashboard_ != nullptr) {
    dashboard_->RefreshEnded(report, took);
    dashboard_->ThrottledSoFar(ThrottlesOf(account_));
  }
  refresh_log_.Read({.report = report,
                     .source = source_,
                     .last = last,
                     .ends_early = EndsBeforeTheyAgree(),
                     .clock_ahead = account_.clock_ahead(),
                     .region = account_.region()});
  const auto published = Publish(report, last, stop);
  if (stop.stop_requested() && published == Published::kFailed) return false;
  refresh_log_.Ended({.report = report,
                      .source = source_,
                      .published = published,
                      .took = took,
                      .stats = account_.stats(),
                      .limiter = account_.limiter()});
  service_.Status(StatusLine(report, source_.fleet()));
  if (dashboard_ != nullptr) {
    dashboard_->TargetsRefused(refresh_log_.refused_targets());
    dashboard_->Publish(source_);
  }
  return report.complete() && published != Published::kFailed && published != Published::kWithheld;
}

Published RefreshLoop::Publish(const discovery::RefreshReport& report, bool last,
                               const std::stop_token& stop) {
  if ((last && report.error) || !source_.MayWrite()) return Published::kWithheld;
  return Write(report.complete(), stop);
}

discovery::RefreshReport RefreshLoop::Refresh(const aws::Deadline& deadline) {
  const auto credentials = account_.credentials().Get(deadline);
  if (!credentials) return source_.Fail(credentials.error());
  if (dashboard_ != nullptr) dashboard_->UsesCredentials(*credentials);
  refresh_log_.CredentialsFrom(credentials->source);
  return source_.Refresh(deadline);
}

// Tasks are kept only when the output file may have them too, so that a process which begins with
// them may write them.
void RefreshLoop::KeepState() {
  discovery::KnownState known;
  source_.records().Save(known);
  std::vector<state::Change> changes;
  if (source_.MayWrite()) {
    auto now = source_.Snapshot();
    changes = state::ChangesBetween(*kept_, *now);
    kept_ = std::move(now);
  }
  AddReferences(*kept_, known);
  AddHeldLoss(changes);
  keeper_->Keep(known, std::move(changes), [tasks = kept_, held = kept_loss_] {
    auto all = state::ChangesBetween(discovery::FleetSnapshot({}, nullptr, 0, {}), *tasks);
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

// Whether no state file carries the count of agreeing refreshes on, and this process makes too few.
bool RefreshLoop::EndsBeforeTheyAgree() const {
  constexpr std::int64_t kRefreshesToAgree = 3;
  return !keeper_ && options_.scrape_times > 0 && options_.scrape_times < kRefreshesToAgree;
}

// The file's mtime moves after complete refreshes only, for people alert on its age. A file that
// somebody else has changed or removed is mended after any refresh: an outage may be long.
Published RefreshLoop::Write(bool complete, const std::stop_token& stop) {
  if (options_.write_to.empty()) return Published::kServed;
  watchdog_.Expect("writing the output file " + options_.write_to, kLongestWrite);
  const auto version = source_.fleet().targets_version();
  if (written_ == version) {
    if (!complete && !sink_.IsDisturbed()) return Published::kUnchanged;
    if (complete && sink_.TouchIfStillOurs()) {
      if (dashboard_ != nullptr) dashboard_->FileWritten(output::WriteOutcome::kUnchanged);
      return Published::kUnchanged;
    }
  }
  const auto outcome =
      sink_.Write(FileContents(*source_.Snapshot(), options_.write_to), stop,
                  complete ? output::WhenEqual::kTouch : output::WhenEqual::kLeave);
  if (dashboard_ != nullptr && !stop.stop_requested()) dashboard_->FileWritten(outcome);
  if (!outcome) {
    if (outcome.error().kind == support::ErrorKind::kCancelled) return Published::kFailed;
    written_.reset();
    refresh_log_.FileFailed(outcome.error());
    return Published::kFailed;
  }
  refresh_log_.FileWritten(sink_.other_writer());
  written_ = version;
  return PublishedBy(*outcome);
}

}  // namespace ecsd::app
