#include "app/engine.h"

#include <fmt/core.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/publisher.h"
#include "app/refresh_log.h"
#include "aws/credentials.h"
#include "config/options.h"
#include "core/selection.h"
#include "core/target.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"
#include "discovery/schedule.h"
#include "discovery/source.h"
#include "discovery/stored_references.h"
#include "state/fleet_changes.h"
#include "state/record_codec.h"
#include "state/state_file.h"
#include "support/clock.h"
#include "support/draw.h"
#include "support/result.h"

namespace ecsd::app {
namespace {

discovery::Source::Parameters ParametersOf(const Engine::Parameters& parameters) {
  const auto& options = parameters.options;
  return {.clients = parameters.account.clients(),
          .cluster = options.cluster,
          .region = parameters.account.region(),
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
std::string StatusLine(const discovery::RefreshReport& report,
                       const discovery::FleetSnapshot& fleet) {
  return fmt::format("{} targets in {} tasks; {}", fleet.tally().targets, fleet.task_count(),
                     report.error ? report.error->message : "everything was read");
}

}  // namespace

Engine::Engine(const Parameters& parameters)
    : parameters_(parameters),
      source_(
          [this] {
            auto source = ParametersOf(parameters_);
            source.on_cluster = [this] {
              if (!last_) parameters_.publisher.Changed(parameters_.number, source_.View());
            };
            return source;
          }(),
          parameters.clock),
      refresh_log_(parameters.options, parameters.clock, parameters.log) {}

void Engine::UseState(state::StateFile::Opened state) {
  source_.Restore(state.known);
  kept_ = source_.Snapshot();
  kept_loss_ = state.known.held;
  keeper_.emplace(std::move(state.file), state.known, parameters_.clock, parameters_.log);
}

void Engine::Seed(std::span<const core::Target> targets, bool whole,
                  std::optional<support::SystemTime> written) {
  source_.Seed(targets, whole, written);
}

bool Engine::Run(const std::stop_token& stop) {
  const std::stop_callback hurry(stop, [this] {
    if (keeper_) keeper_->Hurry();
  });
  const auto& options = parameters_.options;
  refresh_log_.BeginWith(*source_.View());
  const auto first = parameters_.clock.Steady();
  for (std::int64_t done = 1;; ++done) {
    const bool last = options.scrape_times > 0 && done >= options.scrape_times;
    const bool good = RunOnce(stop, last);
    if (stop.stop_requested()) return true;
    if (last) return good;
    if (parameters_.dashboard != nullptr)
      parameters_.dashboard->FindCaller(parameters_.account.sts(), stop);
    const auto next = discovery::NextStart(first, options.scrape_interval,
                                           parameters_.clock.Steady(), support::Draw());
    if (!parameters_.alarm.WaitUntil(stop, next, heard_)) return true;
  }
}

bool Engine::RunOnce(const std::stop_token& stop, bool last) {
  const auto start = parameters_.clock.Steady();
  last_ = last;
  const auto report = Refresh({.stop = stop, .at = start + parameters_.options.refresh_timeout});
  if (stop.stop_requested()) return false;
  if (!report.error) parameters_.account.SettleLimits();
  if (keeper_) KeepState();
  Tell(report, last, parameters_.clock.Steady() - start, stop);
  return report.complete();
}

void Engine::Tell(const discovery::RefreshReport& report, bool last, std::chrono::nanoseconds took,
                  const std::stop_token& stop) {
  auto& account = parameters_.account;
  auto& publisher = parameters_.publisher;
  const auto view = source_.View();
  publisher.RefreshEnded({.source = parameters_.number,
                          .report = report,
                          .took = took,
                          .throttles = ThrottlesOf(account)});
  refresh_log_.Read({.report = report,
                     .view = *view,
                     .last = last,
                     .ends_early = EndsBeforeTheyAgree(),
                     .clock_ahead = account.clock_ahead(),
                     .region = account.region()});
  const auto published = publisher.Publish({.source = parameters_.number,
                                            .view = view,
                                            .complete = report.complete(),
                                            .withheld = last && report.error.has_value()});
  if (stop.stop_requested() && published == Published::kFailed) return;
  refresh_log_.Ended({.report = report,
                      .view = *view,
                      .published = published,
                      .took = took,
                      .stats = account.stats(),
                      .limiter = account.limiter()});
  parameters_.service.Status(StatusLine(report, *view->fleet));
  publisher.ShowPage(parameters_.number, refresh_log_.refused_targets());
}

discovery::RefreshReport Engine::Refresh(const aws::Deadline& deadline) {
  const auto reading = parameters_.watchdog.Begin(
      "reading the account", parameters_.options.refresh_timeout + kRefreshMargin);
  const auto credentials = parameters_.account.credentials().Get(deadline);
  if (!credentials) return source_.Fail(credentials.error());
  parameters_.publisher.UsesCredentials(parameters_.number, *credentials);
  refresh_log_.CredentialsFrom(credentials->source);
  return source_.Refresh(deadline);
}

// Tasks are kept only when the output file may have them too, so that a process which begins with
// them may write them.
void Engine::KeepState() {
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
void Engine::AddHeldLoss(std::vector<state::Change>& changes) {
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
bool Engine::EndsBeforeTheyAgree() const {
  constexpr std::int64_t kRefreshesToAgree = 3;
  const auto times = parameters_.options.scrape_times;
  return !keeper_ && times > 0 && times < kRefreshesToAgree;
}

}  // namespace ecsd::app
