#include "app/refresh_log.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "app/journal.h"
#include "aws/call_stats.h"
#include "config/options.h"
#include "core/reason.h"
#include "discovery/fleet.h"
#include "discovery/source.h"
#include "output/file_sink.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"
#include "telemetry/log_format.h"
#include "telemetry/reminder.h"

namespace ecsd::app {
namespace {

using telemetry::LogLevel;

constexpr std::size_t kMostNamed = 8;  // clusters, in lines about many of them
constexpr std::string_view kUnread = "cluster could not be read; it has no known targets yet";

// Whether nothing of the cluster is known, for it never was read.
bool IsUnread(const discovery::ClusterState& cluster) {
  return !cluster.outside && !cluster.last_good && cluster.tasks->empty();
}

// By ARN.
std::set<std::string> UnreadOf(const discovery::SourceView& view) {
  std::set<std::string> arns;
  for (const auto& cluster : view.fleet->clusters()) {
    if (IsUnread(cluster)) arns.insert(cluster.arn);
  }
  return arns;
}

std::string_view NameOf(Published published) {
  switch (published) {
    case Published::kReplaced:
      return "replaced";
    case Published::kInPlace:
      return "in_place";
    case Published::kUnchanged:
      return "unchanged";
    case Published::kFailed:
      return "failed";
    case Published::kWithheld:
      return "withheld";
    case Published::kServed:
      break;
  }
  return "none";
}

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

std::uint64_t CallsOf(const aws::CallStats& stats) {
  std::uint64_t calls = 0;
  for (const auto& action : stats.View()) calls += action.calls;
  return calls;
}

struct ClusterCounts {
  std::size_t all = 0;
  std::size_t failed = 0;
};

// Where not one cluster was asked for, all that are known failed.
ClusterCounts CountClusters(const discovery::RefreshReport& report,
                            const discovery::SourceView& view) {
  const auto known = view.fleet->selected_clusters();
  if (report.clusters.empty() && report.error) return {.all = known, .failed = known};
  const auto failed = std::ranges::count_if(
      report.clusters, [](const auto& cluster) { return cluster.error.has_value(); });
  return {.all = report.clusters.size(), .failed = static_cast<std::size_t>(failed)};
}

// What an incomplete refresh means for the targets.
std::string_view Consequence(const RefreshLog::Reading& reading) {
  if (!reading.view.may_write) {
    return "refresh incomplete; no targets are published until every cluster was read once, or "
           "--startup-grace is over";
  }
  if (reading.last) {
    return "refresh incomplete; it is the last one, so the output file is left as it is";
  }
  if (!UnreadOf(reading.view).empty()) {
    return "refresh incomplete; what could not be read keeps its last known targets, and clusters "
           "that were never read have none";
  }
  return "refresh incomplete; what could not be read keeps its last known targets";
}

std::string ReasonOf(const discovery::RefreshReport& report) {
  if (report.error) return std::string(support::NameOf(report.error->kind));
  return report.holds_loss ? "held_back" : "none";
}

}  // namespace

RefreshLog::RefreshLog(const config::Options& options, const support::Clock& clock,
                       const telemetry::Log& log)
    : options_(options),
      log_(log),
      clock_report_(clock, log),
      refused_(log),
      failing_(clock),
      stale_(clock),
      empty_(clock),
      held_(clock) {}

void RefreshLog::BeginWith(const discovery::SourceView& view) {
  if (view.may_write) static_cast<void>(changes_.Next(*view.fleet));
}

void RefreshLog::CredentialsFrom(const std::string& source) {
  if (std::exchange(credential_source_, source) == source) return;
  log_.Info("using AWS credentials", {{"source", source}});
}

void RefreshLog::Read(const Reading& reading) {
  clock_report_.Look(reading.clock_ahead);
  ReportEvents(reading);
  ReportUnread(reading);
  RemindOfStale(reading);
  RemindOfHeld(reading);
  ReportNoClusters(reading);
  ReportFailure(reading);
}

void RefreshLog::ReportEvents(const Reading& reading) {
  for (const auto& event : reading.report.events) {
    const auto telling =
        Tell(event, {.clusters = reading.report.clusters.size(), .ends_early = reading.ends_early});
    log_.Write(telling.level, telling.message, telling.fields);
  }
}

// Of clusters that had targets an event tells it. Where one cluster fails alone, or one has no turn
// among many, another line has the same.
void RefreshLog::ReportUnread(const Reading& reading) {
  const auto& healths = reading.report.clusters;
  const auto failed = CountClusters(reading.report, reading.view).failed;
  const auto turnless = std::ranges::count(healths, false, &discovery::ClusterHealth::had_turn);
  const bool names_turnless = static_cast<std::size_t>(turnless) <= kMostNamed;
  const auto unread = UnreadOf(reading.view);
  for (const auto& cluster : healths) {
    if (!cluster.error && !cluster.gone && unread_.erase(cluster.arn) > 0) {
      log_.Info("cluster is read for the first time", {{"cluster", cluster.arn}});
    }
    if (!cluster.error || failed < 2 || !unread.contains(cluster.arn)) continue;
    if (!cluster.had_turn && !names_turnless) continue;
    if (!unread_.insert(cluster.arn).second) continue;
    log_.Warn(kUnread, {{"cluster", cluster.arn}, {"error", cluster.error->message}});
  }
}

// When a cluster becomes stale an event tells it.
void RefreshLog::RemindOfStale(const Reading& reading) {
  const auto fails = [](const auto& cluster) { return cluster.error.has_value(); };
  if (std::ranges::none_of(reading.report.clusters, fails)) {
    stale_.Ended();
    return;
  }
  const auto episode = stale_.Met();
  if (!episode || episode->times == 1) return;
  std::size_t count = 0;
  for (const auto& cluster : reading.view.fleet->clusters()) {
    if (!cluster.stale_since || !cluster.error || ++count > kMostNamed) continue;
    log_.Warn(IsUnread(cluster) ? kUnread : "cluster is stale; its last known targets are kept",
              {{"cluster", cluster.arn},
               {"error", cluster.error->message},
               {"since", telemetry::RenderTime(*cluster.stale_since)}});
  }
  if (count > kMostNamed) {
    log_.Warn("more clusters could not be read", {{"clusters", count - kMostNamed}});
  }
}

// When it begins an event tells it.
void RefreshLog::RemindOfHeld(const Reading& reading) {
  if (!reading.report.holds_loss) {
    held_.Ended();
    return;
  }
  const auto episode = held_.Met();
  if (!episode || episode->times == 1) return;
  const auto& fleet = *reading.view.fleet;
  log_.Write(LogLevel::kWarn,
             "targets of clusters outside the selection are still kept; complete refreshes must "
             "agree first, or give -guard.max-drop-percent=100 to drop them now",
             episode->With({{"targets", fleet.OutsideTargets()},
                            {"clusters", fmt::format("{}", fmt::join(fleet.OutsideArns(), " "))}}));
}

// Clusters that were deleted are part of one report more.
void RefreshLog::ReportNoClusters(const Reading& reading) {
  if (reading.report.error) return;
  if (!std::ranges::all_of(reading.report.clusters, &discovery::ClusterHealth::gone)) {
    empty_.Ended();
    return;
  }
  if (const auto episode = empty_.Met()) {
    log_.Write(LogLevel::kWarn, kNoClusters, episode->With({{"region", reading.region}}));
  }
}

void RefreshLog::ReportFailure(const Reading& reading) {
  const auto& error = reading.report.error;
  if (!error) {
    if (const auto ended = failing_.Ended()) {
      log_.Write(LogLevel::kInfo, "refreshes are complete again", ended->With({}));
    }
    return;
  }
  const auto episode = failing_.Met(support::NameOf(error->kind), error->message);
  if (!episode) return;
  const auto clusters = CountClusters(reading.report, reading.view);
  log_.Write(LogLevel::kError, Consequence(reading),
             episode->With({{"error", error->message},
                            {"reason", ReasonOf(reading.report)},
                            {"clusters", clusters.all},
                            {"clusters_failed", clusters.failed}}));
}

void RefreshLog::Ended(const Ending& ending) {
  log_.Debug("calls of this refresh", {{"calls", call_report_.Next(ending.limiter.View())},
                                       {"listed", ending.report.listed},
                                       {"described", ending.report.described}});
  Summarize(ending);
  if (ending.published == Published::kWithheld) return;
  if (ending.published != Published::kFailed) ReportLacking(ending.view);
  ReportReasons(ending.view);
  refused_.Look(*ending.view.fleet);
}

void RefreshLog::Summarize(const Ending& ending) {
  const auto& [report, view, published, took, stats, limiter] = ending;
  const auto clusters = CountClusters(report, view);
  const auto change =
      published == Published::kWithheld ? TargetChange{} : changes_.Next(*view.fleet);
  const auto calls = CallsOf(stats);
  log_.Info("refreshed",
            {{"complete", report.complete()},
             {"reason", ReasonOf(report)},
             {"clusters", clusters.all},
             {"clusters_failed", clusters.failed},
             {"targets", view.fleet->tally().targets},
             {"added", change.added},
             {"removed", change.removed},
             {"tasks", view.fleet->task_count()},
             {"calls", calls - std::exchange(calls_, calls)},
             {"duration_ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()},
             {"file", options_.write_to.empty() ? "none" : options_.write_to},
             {"written", std::string(NameOf(published))}});
}

void RefreshLog::ReportLacking(const discovery::SourceView& view) {
  if (std::exchange(published_, true)) return;
  auto arns = UnreadOf(view);
  if (arns.empty()) return;
  const auto more = arns.size() - std::min(arns.size(), kMostNamed);
  while (arns.size() > kMostNamed) arns.erase(std::prev(arns.end()));
  auto clusters = fmt::format("{}", fmt::join(arns, " "));
  if (more > 0) clusters += fmt::format(" and {} more", more);
  log_.Warn("published without clusters that were never read", {{"clusters", clusters}});
}

void RefreshLog::ReportReasons(const discovery::SourceView& view) {
  const auto reasons = view.fleet->tally().skipped;
  if (reasons == reasons_) return;
  reasons_ = reasons;
  log_.Info("skipped containers", {{"reasons", Describe(reasons)}});
}

}  // namespace ecsd::app
