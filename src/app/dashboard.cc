#include "app/dashboard.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/file_contents.h"
#include "app/known_containers.h"
#include "aws/credentials.h"
#include "core/explain.h"
#include "core/reason.h"
#include "core/render.h"
#include "discovery/doubt.h"
#include "discovery/fleet.h"
#include "discovery/guard.h"
#include "discovery/source.h"
#include "output/file_sink.h"
#include "server/board.h"
#include "server/document.h"
#include "server/snapshot.h"
#include "server/verdict.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::app {
namespace {

constexpr std::size_t kMostEvents = 100;

server::ClusterStatus StatusOf(const discovery::ClusterSummary& summary) {
  server::ClusterStatus status{.arn = summary.arn,
                               .name = core::ShortName(summary.arn),
                               .last_success = summary.last_good,
                               .stale_since = summary.stale_since,
                               .error = summary.error ? summary.error->message : std::string(),
                               .tasks = summary.tasks,
                               .targets = summary.tally.targets,
                               .skipped = 0};
  for (const auto count : summary.tally.skipped) status.skipped += count;
  status.outside = summary.outside;
  if (summary.outside) status.error = "outside the selection; its last targets are kept for now";
  return status;
}

// "clusters a, b" of ARNs with blanks between them.
std::string NamesOf(std::string_view arns) {
  std::string names;
  for (std::size_t at = 0; at < arns.size();) {
    const auto end = std::min(arns.find(' ', at), arns.size());
    names += (names.empty() ? "clusters " : ", ") + core::ShortName(arns.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

server::CacheCounts CountsOf(std::string name, const discovery::CacheCounts& counts) {
  return {.name = std::move(name), .hits = counts.hits, .misses = counts.misses};
}

// Whether a whole cluster was read, or that there is none.
bool ReadSomething(const discovery::RefreshReport& report) {
  return !report.error || std::ranges::any_of(report.clusters, [](const auto& cluster) {
    return !cluster.gone && !cluster.error;
  });
}

}  // namespace

Dashboard::Dashboard(server::Board& board, const support::Clock& clock)
    : board_(board),
      clock_(clock),
      started_(board.Current()->started),
      last_success_(board.Current()->last_success),
      caller_(clock) {}

void Dashboard::RefreshEnded(const discovery::RefreshReport& report,
                             std::chrono::duration<double> took) {
  refreshed_ = clock_.Now();
  ++tallies_.refreshes;
  tallies_.durations.Add(took.count());
  error_.clear();
  if (report.error) {
    ++tallies_.failed;
    ++tallies_.failures.at(static_cast<std::size_t>(report.error->kind));
    // A refresh that goes wrong again and again in the same way is one event.
    if (error_before_ != report.error->message) {
      AddEvent(server::EventKind::kFailed, "refresh", report.error->message);
    }
    error_ = report.error->message;
    if (!failing_since_) failing_since_ = refreshed_;
  } else {
    failing_since_.reset();
  }
  if (report.complete()) last_complete_ = refreshed_;
  error_before_ = error_;
  if (ReadSomething(report)) last_success_ = clock_.Steady();
  TakeEvents(report);
}

void Dashboard::TakeEvents(const discovery::RefreshReport& report) {
  using discovery::EventKind;
  for (const auto& event : report.events) {
    const auto cluster = "cluster " + core::ShortName(event.subject);
    switch (event.kind) {
      case EventKind::kClusterStale:
        AddEvent(server::EventKind::kStale, cluster, event.error);
        break;
      case EventKind::kClustersPostponed:
        AddEvent(server::EventKind::kStale, fmt::format("{} clusters", event.clusters),
                 "not read before the deadline of the refresh; they come first in the next");
        break;
      case EventKind::kClusterRecovered:
        AddEvent(server::EventKind::kRecovered, cluster, "is read again");
        break;
      case EventKind::kClusterGone:
        AddEvent(server::EventKind::kGone, cluster, "was deleted; its targets are dropped");
        break;
      case EventKind::kLossHeld:
        ++tallies_.held_back;
        held_why_ = event.error;
        AddEvent(server::EventKind::kHeldBack, NamesOf(event.subject),
                 fmt::format("{} targets outside the selection are kept until two more complete "
                             "refreshes agree",
                             event.targets));
        break;
      case EventKind::kTasksDoubted:
        AddEvent(server::EventKind::kHeldBack, cluster,
                 fmt::format("targets of {} tasks are kept for two minutes: {}", event.targets,
                             event.error));
        break;
      case EventKind::kLossAccepted:
      case EventKind::kLossSmall:
        AddEvent(server::EventKind::kGone, NamesOf(event.subject),
                 fmt::format("{} targets outside the selection are dropped", event.targets));
        break;
      case EventKind::kInstanceUnknown:
        AddEvent(server::EventKind::kStale, "instance " + event.subject,
                 "EC2 does not know it, and its agent is disconnected; its targets are kept until "
                 "this has been so for five minutes");
        break;
      case EventKind::kInstanceGone:
        AddEvent(server::EventKind::kGone, "instance " + event.subject,
                 "has ended; the targets of its tasks are dropped");
        break;
      case EventKind::kInstanceKnown:
        AddEvent(server::EventKind::kRecovered, "instance " + event.subject,
                 "is known to EC2 again");
        break;
      case EventKind::kAddressDoubtful:
        AddEvent(server::EventKind::kDoubtful, "address", event.error);
        break;
      case EventKind::kAddressClear:
        AddEvent(server::EventKind::kRecovered, "address", "of " + event.subject + " is clear");
        break;
    }
  }
}

void Dashboard::ThrottledSoFar(std::uint64_t throttles) {
  if (throttles > throttles_) {
    AddEvent(server::EventKind::kThrottled, "AWS",
             fmt::format("refused {} calls because there were too many; they were made again later",
                         throttles - throttles_));
  }
  throttles_ = throttles;
}

void Dashboard::UsesCredentials(const aws::Credentials& credentials) {
  credential_source_ = credentials.source;
  credentials_expire_ = credentials.expires;
  caller_.CredentialsFrom(credentials.source);
}

void Dashboard::FileWritten(const support::Result<output::WriteOutcome>& outcome) {
  tallies_.last_write_good = outcome.has_value();
  write_error_ = outcome ? std::string() : outcome.error().message;
  if (!outcome) {
    ++tallies_.write_failures;
    AddEvent(server::EventKind::kFailed, "output file", outcome.error().message);
  } else if (*outcome == output::WriteOutcome::kUnchanged) {
    ++tallies_.unchanged;
  } else {
    ++tallies_.writes;
  }
}

void Dashboard::AddEvent(server::EventKind kind, std::string subject, std::string text) {
  events_.push_front(
      {.at = clock_.Now(), .kind = kind, .subject = std::move(subject), .text = std::move(text)});
  if (events_.size() > kMostEvents) events_.pop_back();
}

void Dashboard::AddClusters(const discovery::Source& source, server::Snapshot& snapshot) {
  for (const auto& summary : source.fleet().Summary()) {
    snapshot.clusters.push_back(StatusOf(summary));
    snapshot.tasks += summary.tasks;
  }
  std::ranges::sort(snapshot.clusters, {}, &server::ClusterStatus::name);
}

void Dashboard::AddContainers(const discovery::Source& source, server::Snapshot& snapshot) {
  const auto& fleet = source.fleet();
  snapshot.reasons = fleet.Reasons();
  const auto tasks = source.Snapshot();
  snapshot.containers = std::make_shared<const KnownContainers>(tasks);
  const auto before = board_.Current();
  if (before->ready() && targets_version_ == fleet.targets_version()) {
    // It is not rendered and compressed again.
    snapshot.targets_document = before->targets_document;
    return;
  }
  snapshot.targets_document = std::make_shared<const server::Document>(
      "application/json", RenderedTargets(*tasks, core::Layout::kJson));
}

void Dashboard::AddHeldBack(const discovery::Source& source, server::Snapshot& snapshot) const {
  const auto targets = source.fleet().OutsideTargets();
  if (targets == 0) return;
  server::HeldBack held{.clusters = {}, .targets = targets, .why = held_why_};
  for (const auto& arn : source.fleet().OutsideArns()) {
    held.clusters.push_back(core::ShortName(arn));
  }
  if (const auto loss = source.held_loss()) {
    constexpr auto kAll = discovery::Guard::kRefreshesToAgree;
    held.refreshes_to_agree = kAll - std::min<std::size_t>(kAll, loss->refreshes);
  }
  snapshot.held_back = std::move(held);
}

void Dashboard::AddDoubts(const discovery::Fleet& fleet, server::Snapshot& snapshot) const {
  auto last = support::SteadyTime::min();
  for (const auto& arn : fleet.AllClusterArns()) {
    for (const auto& tracked : fleet.TasksOf(arn)) {
      if (tracked.doubt == nullptr) continue;
      ++snapshot.doubted.tasks;
      last = std::max(last, tracked.doubt->since + discovery::kDoubtTime);
    }
  }
  if (snapshot.doubted.tasks == 0) return;
  const auto left = std::max(last - clock_.Steady(), support::SteadyTime::duration::zero());
  snapshot.doubted.believed =
      clock_.Now() + std::chrono::duration_cast<support::SystemTime::duration>(left);
}

// Of a cluster that had targets the refresh tells.
void Dashboard::NoteUnread(const server::Snapshot& before, const server::Snapshot& now) {
  const auto unread = [](const server::ClusterStatus& cluster) {
    return cluster.stale_since && !cluster.outside && server::NeverRead(cluster);
  };
  for (const auto& cluster : now.clusters) {
    const auto old = std::ranges::find(before.clusters, cluster.arn, &server::ClusterStatus::arn);
    const bool was_unread = old != before.clusters.end() && unread(*old);
    if (unread(cluster) && !was_unread && !cluster.error.empty()) {
      AddEvent(server::EventKind::kStale, "cluster " + cluster.name,
               cluster.error + "; it has no known targets yet");
    } else if (was_unread && cluster.last_success) {
      AddEvent(server::EventKind::kRecovered, "cluster " + cluster.name,
               "is read for the first time");
    }
  }
}

// That tasks end is ordinary; that most of them do at once is what somebody will look for.
void Dashboard::NoteLoss(std::size_t before, std::size_t after) {
  constexpr std::size_t kMany = 10;
  if (before < kMany || 2 * after >= before) return;
  AddEvent(server::EventKind::kGone, "discovery",
           fmt::format("{} of {} targets were removed at once; {} are left", before - after, before,
                       after));
}

void Dashboard::Publish(const discovery::Source& source) {
  auto snapshot = std::make_shared<server::Snapshot>();
  AddClusters(source, *snapshot);
  if (source.MayWrite()) {
    AddContainers(source, *snapshot);
    targets_version_ = source.fleet().targets_version();
  }
  tallies_.unknown_instances = source.records().unknown_instances();
  for (const auto& warning : source.address_warnings()) snapshot->warnings.push_back(warning.text);
  tallies_.held_back_targets = source.fleet().OutsideTargets();
  const auto& records = source.records();
  tallies_.caches = {CountsOf("definitions", records.definition_counts()),
                     CountsOf("container_instances", records.instance_counts()),
                     CountsOf("addresses", records.address_counts())};
  snapshot->started = started_;
  snapshot->refreshed = refreshed_;
  snapshot->last_success = last_success_;
  snapshot->last_complete = last_complete_;
  snapshot->credential_source = credential_source_;
  snapshot->credentials_expire = credentials_expire_;
  snapshot->error = error_;
  snapshot->failing_since = failing_since_;
  snapshot->write_error = write_error_;
  snapshot->refused_targets = refused_targets_;
  AddHeldBack(source, *snapshot);
  AddDoubts(source.fleet(), *snapshot);
  NoteUnread(*board_.Current(), *snapshot);
  NoteLoss(board_.Current()->target_count(), snapshot->target_count());
  snapshot->events.assign(events_.begin(), events_.end());
  snapshot->tallies = tallies_;
  board_.Publish(std::move(snapshot));
}

}  // namespace ecsd::app
