#include "app/dashboard.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/file_contents.h"
#include "app/journal.h"
#include "app/known_containers.h"
#include "aws/credentials.h"
#include "core/explain.h"
#include "core/reason.h"
#include "core/render.h"
#include "discovery/doubt.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/guard.h"
#include "discovery/source.h"
#include "discovery/source_view.h"
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

server::ClusterStatus StatusOf(const discovery::ClusterState& cluster) {
  server::ClusterStatus status{.arn = cluster.arn,
                               .name = core::ShortName(cluster.arn),
                               .last_success = cluster.last_good,
                               .stale_since = cluster.stale_since,
                               .error = cluster.error ? cluster.error->message : std::string(),
                               .tasks = cluster.tasks->size(),
                               .targets = cluster.tally.targets,
                               .skipped = 0};
  for (const auto count : cluster.tally.skipped) status.skipped += count;
  status.outside = cluster.outside;
  if (cluster.outside) status.error = "outside the selection; its last targets are kept for now";
  return status;
}

void AddClusters(const SourceViews& views, server::Snapshot& snapshot) {
  for (const auto& view : views) {
    for (const auto& cluster : view->fleet->clusters()) {
      snapshot.clusters.push_back(StatusOf(cluster));
      snapshot.tasks += cluster.tasks->size();
    }
  }
  std::ranges::stable_sort(snapshot.clusters, {}, &server::ClusterStatus::name);
}

void AddCounts(std::string_view name, const discovery::CacheCounts& counts,
               std::vector<server::CacheCounts>& caches) {
  auto found = std::ranges::find(caches, name, &server::CacheCounts::name);
  if (found == caches.end()) found = caches.insert(found, {.name = std::string(name)});
  found->hits += counts.hits;
  found->misses += counts.misses;
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

Dashboard::SourceStory& Dashboard::StoryOf(std::size_t source) {
  if (stories_.size() <= source) stories_.resize(source + 1);
  return stories_[source];
}

void Dashboard::RefreshEnded(const RefreshNews& news) {
  const auto& report = news.report;
  auto& story = StoryOf(news.source);
  refreshed_ = clock_.Now();
  ++tallies_.refreshes;
  tallies_.durations.Add(news.took.count());
  story.error.clear();
  if (report.error) {
    ++tallies_.failed;
    ++tallies_.failures.at(static_cast<std::size_t>(report.error->kind));
    // A refresh that goes wrong again and again in the same way is one event.
    if (story.error_before != report.error->message) {
      AddEvent(server::EventKind::kFailed, "refresh", report.error->message);
    }
    story.error = report.error->message;
    if (!story.failing_since) story.failing_since = refreshed_;
  } else {
    story.failing_since.reset();
  }
  if (report.complete()) story.last_complete = refreshed_;
  story.error_before = story.error;
  if (ReadSomething(report)) last_success_ = clock_.Steady();
  TakeEvents(news);
  TakeThrottles(news.throttles);
}

void Dashboard::TakeEvents(const RefreshNews& news) {
  for (const auto& event : news.report.events) {
    if (event.kind == discovery::EventKind::kLossHeld) {
      ++tallies_.held_back;
      StoryOf(news.source).held_why = event.error;
    }
    auto telling = Tell(event, {});
    AddEvent(telling.kind, std::move(telling.subject), std::move(telling.text));
  }
}

void Dashboard::TakeThrottles(std::uint64_t throttles) {
  if (throttles > throttles_) {
    AddEvent(server::EventKind::kThrottled, "AWS",
             fmt::format("refused {} calls because there were too many; they were made again later",
                         throttles - throttles_));
  }
  throttles_ = throttles;
}

// The caller that the page names is that of the first source.
void Dashboard::UsesCredentials(std::size_t source, const aws::Credentials& credentials) {
  auto& story = StoryOf(source);
  story.credential_source = credentials.source;
  story.credentials_expire = credentials.expires;
  if (source == 0) caller_.CredentialsFrom(credentials.source);
}

void Dashboard::TargetsRefused(std::size_t source, std::size_t count) {
  StoryOf(source).refused_targets = count;
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

void Dashboard::AddContainers(const SourceViews& views, server::Snapshot& snapshot) {
  Fleets fleets;
  std::vector<std::size_t> versions;
  for (const auto& view : views) {
    fleets.push_back(view->fleet);
    versions.push_back(view->fleet->targets_version());
    const auto& skipped = view->fleet->tally().skipped;
    for (std::size_t i = 0; i < skipped.size(); ++i) snapshot.reasons.at(i) += skipped.at(i);
  }
  snapshot.containers = std::make_shared<const KnownContainers>(fleets);
  const auto before = board_.Current();
  if (before->ready() && targets_versions_ == versions) {
    // It is not rendered and compressed again.
    snapshot.targets_document = before->targets_document;
    return;
  }
  targets_versions_ = std::move(versions);
  snapshot.targets_document = std::make_shared<const server::Document>(
      "application/json", RenderedTargets(std::move(fleets), core::Layout::kJson));
}

void Dashboard::AddHeldBack(const SourceViews& views, server::Snapshot& snapshot) const {
  server::HeldBack held{.clusters = {}, .targets = 0, .why = {}};
  for (std::size_t i = 0; i < views.size(); ++i) {
    const auto& view = *views[i];
    const auto targets = view.fleet->OutsideTargets();
    if (targets == 0) continue;
    held.targets += targets;
    for (const auto& arn : view.fleet->OutsideArns()) {
      held.clusters.push_back(core::ShortName(arn));
    }
    if (i < stories_.size() && held.why.empty()) held.why = stories_[i].held_why;
    if (!view.held) continue;
    constexpr auto kAll = discovery::Guard::kRefreshesToAgree;
    held.refreshes_to_agree =
        std::max(held.refreshes_to_agree, kAll - std::min<std::size_t>(kAll, view.held->refreshes));
  }
  if (held.targets > 0) snapshot.held_back = std::move(held);
}

void Dashboard::AddDoubts(const SourceViews& views, server::Snapshot& snapshot) const {
  auto last = support::SteadyTime::min();
  for (const auto& view : views) {
    for (const auto& cluster : view->fleet->clusters()) {
      for (const auto& tracked : *cluster.tasks) {
        if (tracked.doubt == nullptr) continue;
        ++snapshot.doubted.tasks;
        last = std::max(last, tracked.doubt->since + discovery::kDoubtTime);
      }
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

// Of several sources the page tells what is worst.
void Dashboard::AddStories(server::Snapshot& snapshot) const {
  bool all_complete = !stories_.empty();
  for (const auto& story : stories_) {
    if (snapshot.error.empty()) snapshot.error = story.error;
    const auto& since = story.failing_since;
    if (since && (!snapshot.failing_since || *since < *snapshot.failing_since))
      snapshot.failing_since = since;
    if (snapshot.credential_source.empty()) snapshot.credential_source = story.credential_source;
    const auto& expire = story.credentials_expire;
    if (expire && (!snapshot.credentials_expire || *expire < *snapshot.credentials_expire))
      snapshot.credentials_expire = expire;
    snapshot.refused_targets += story.refused_targets;
    all_complete = all_complete && story.last_complete;
    const auto& complete = story.last_complete;
    if (complete && (!snapshot.last_complete || *complete < *snapshot.last_complete))
      snapshot.last_complete = complete;
  }
  if (!all_complete) snapshot.last_complete.reset();
}

void Dashboard::CountCaches(const SourceViews& views) {
  tallies_.caches.clear();
  tallies_.unknown_instances = 0;
  tallies_.held_back_targets = 0;
  for (const auto& view : views) {
    AddCounts("definitions", view->definitions, tallies_.caches);
    AddCounts("container_instances", view->container_instances, tallies_.caches);
    AddCounts("addresses", view->addresses, tallies_.caches);
    tallies_.unknown_instances += view->unknown_instances;
    tallies_.held_back_targets += view->fleet->OutsideTargets();
  }
}

void Dashboard::Publish(const SourceViews& views) {
  auto snapshot = std::make_shared<server::Snapshot>();
  SourceViews known;
  std::ranges::copy_if(views, std::back_inserter(known),
                       [](const auto& view) { return view != nullptr; });
  AddClusters(known, *snapshot);
  const bool all_known = known.size() == views.size();
  if (all_known && std::ranges::all_of(known, [](const auto& view) { return view->may_write; }))
    AddContainers(known, *snapshot);
  CountCaches(known);
  for (const auto& view : known) {
    for (const auto& warning : view->address_warnings) snapshot->warnings.push_back(warning.text);
  }
  snapshot->started = started_;
  snapshot->refreshed = refreshed_;
  snapshot->last_success = last_success_;
  snapshot->write_error = write_error_;
  AddStories(*snapshot);
  AddHeldBack(known, *snapshot);
  AddDoubts(known, *snapshot);
  NoteUnread(*board_.Current(), *snapshot);
  NoteLoss(board_.Current()->target_count(), snapshot->target_count());
  snapshot->events.assign(events_.begin(), events_.end());
  snapshot->tallies = tallies_;
  board_.Publish(std::move(snapshot));
}

}  // namespace ecsd::app
