#include "discovery/source.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "core/target.h"
#include "discovery/address_warnings.h"
#include "discovery/cluster_scope.h"
#include "discovery/doubt.h"
#include "discovery/fleet.h"
#include "discovery/guard.h"
#include "discovery/known_state.h"
#include "discovery/pace.h"
#include "discovery/reading.h"
#include "discovery/stored_references.h"
#include "discovery/task_reader.h"
#include "discovery/unknown_instances.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

// The first failure of a cluster, rather one of its own than that there was no time for it.
std::optional<support::Error> WorstOf(const std::vector<ClusterHealth>& clusters) {
  const ClusterHealth* worst = nullptr;
  for (const auto& cluster : clusters) {
    if (!cluster.error) continue;
    if (worst == nullptr || (cluster.had_turn && !worst->had_turn)) worst = &cluster;
  }
  if (worst == nullptr) return std::nullopt;
  return support::Annotate(worst->arn, *worst->error);
}

// Whether clusters without a turn are reported together: some were not even begun, or they are
// many.
bool ArePostponed(const Course& course, const std::vector<ClusterHealth>& clusters) {
  constexpr std::ptrdiff_t kFewToName = 8;
  const auto count = std::ranges::count(clusters, false, &ClusterHealth::had_turn);
  return course.ran_out && (course.not_reached > 0 || count > kFewToName);
}

std::string WhyDoubted(const NewDoubts& doubts) {
  std::string_view what;
  switch (doubts.kind) {
    case DoubtKind::kMissing:
      what = "is MISSING, though ECS describes stopped tasks for an hour";
      break;
    case DoubtKind::kStale:
      what = "is described with a lower version than before";
      break;
    case DoubtKind::kLess:
      what = "is RUNNING at the same version, without addresses, bindings or containers it had";
      break;
  }
  return fmt::format("{} {}", doubts.first, what);
}

std::optional<EventKind> EventOf(Judgement judgement) {
  switch (judgement) {
    case Judgement::kHeld:
      return EventKind::kLossHeld;
    case Judgement::kAccepted:
      return EventKind::kLossAccepted;
    case Judgement::kSmall:
      return EventKind::kLossSmall;
    case Judgement::kNothing:
    case Judgement::kStillHeld:
      break;
  }
  return std::nullopt;
}

}  // namespace

Source::Source(Parameters parameters, const support::Clock& clock)
    : parameters_(std::move(parameters)),
      clock_(clock),
      started_(clock.Steady()),
      reader_(parameters_.clients, parameters_.cluster, parameters_.region),
      fleet_(parameters_.selection, parameters_.one_shot),
      guard_(parameters_.max_drop_percent) {}

void Source::Seed(std::span<const core::Target> targets, bool whole,
                  std::optional<support::SystemTime> written) {
  fleet_.Seed(targets, Now(), written);
  began_with_targets_ = began_with_targets_ || (whole && !targets.empty());
}

void Source::Restore(const KnownState& state) {
  records_.Restore(state);
  fleet_.Restore(state, Now());
  resumed_ = state.held;
  began_with_targets_ = began_with_targets_ || !state.clusters.empty() || !state.tasks.empty();
}

KnownState Source::Save() const {
  KnownState state;
  records_.Save(state);
  AddReferences(*fleet_.Snapshot(Now()), state);
  fleet_.Save(state, Now());
  return state;
}

RefreshReport Source::Refresh(const aws::Deadline& deadline) {
  const auto now = clock_.Steady();
  records_.BeginRefresh({.now = now,
                         .system = clock_.Now(),
                         .within = parameters_.rediscover_within,
                         .interval = parameters_.interval});
  const auto since_last = last_refresh_ ? now - *last_refresh_ : parameters_.interval;
  last_refresh_ = now;
  targets_before_ = fleet_.target_count();
  const TakeCluster take = [this](ClusterReading& reading) {
    fleet_.Take(reading, Now());
    if (parameters_.on_cluster) parameters_.on_cluster();
  };
  return TakeIn(reader_.Read({.clients = parameters_.clients,
                              .deadline = deadline,
                              .clock = clock_,
                              .rules = {.now = now,
                                        .rediscover_within = parameters_.rediscover_within,
                                        .interval = parameters_.interval,
                                        .since_last = since_last},
                              .pace = pace_,
                              .fleet = fleet_,
                              .records = records_,
                              .take = parameters_.one_shot ? TakeCluster() : take,
                              .progress = &parameters_.progress}));
}

RefreshReport Source::Fail(support::Error error) {
  AccountReading reading;
  reading.error = std::move(error);
  reading.outside = fleet_.OutsideArns();
  targets_before_ = fleet_.target_count();
  return TakeIn(std::move(reading));
}

RefreshReport Source::TakeIn(AccountReading reading) {
  RefreshReport report;
  report.error = reading.error;
  for (const auto& cluster : reading.clusters) {
    report.listed += cluster.listed;
    report.described += cluster.asked;
  }
  const auto course = reading.course;
  if (!reading.clusters.empty()) pace_ = NextPace(course);
  report.clusters = fleet_.Update(std::move(reading), Now());
  for (const auto& arn : fleet_.TakeDoubtfulDefinitions()) records_.ForgetDefinition(arn);
  if (!report.error) report.error = WorstOf(report.clusters);
  NoteEvents(course, report);
  NoteInstances(report);
  NoteAddresses(report);
  JudgeLoss(report);
  return report;
}

void Source::NotePostponed(std::size_t clusters, RefreshReport& report) {
  if (clusters == 0) {
    if (!report.error) postpones_ = false;
    return;
  }
  if (std::exchange(postpones_, true)) return;
  report.events.push_back(
      {.kind = EventKind::kClustersPostponed, .subject = {}, .error = {}, .clusters = clusters});
}

void Source::NoteEvents(const Course& course, RefreshReport& report) {
  const bool together = ArePostponed(course, report.clusters);
  std::size_t postponed = 0;
  for (const auto& cluster : report.clusters) {
    if (cluster.doubts.count > 0) {
      report.events.push_back({.kind = EventKind::kTasksDoubted,
                               .subject = cluster.arn,
                               .error = WhyDoubted(cluster.doubts),
                               .targets = cluster.doubts.count});
    }
    if (cluster.gone) {
      stale_.erase(cluster.arn);
      report.events.push_back(
          {.kind = EventKind::kClusterGone, .subject = cluster.arn, .error = {}});
    } else if (!cluster.error) {
      if (stale_.erase(cluster.arn) > 0) {
        report.events.push_back(
            {.kind = EventKind::kClusterRecovered, .subject = cluster.arn, .error = {}});
      }
    } else if (together && !cluster.had_turn) {
      ++postponed;
    } else if (cluster.had_tasks && stale_.insert(cluster.arn).second) {
      // A cluster of which nothing is known has nothing to lose; the failed refresh is said anyway.
      report.events.push_back({.kind = EventKind::kClusterStale,
                               .subject = cluster.arn,
                               .error = cluster.error->message});
    }
  }
  NotePostponed(postponed, report);
}

void Source::NoteInstances(RefreshReport& report) {
  for (auto& news : records_.TakeInstanceNews()) {
    auto kind = EventKind::kInstanceUnknown;
    if (news.kind == InstanceNews::Kind::kGone) kind = EventKind::kInstanceGone;
    if (news.kind == InstanceNews::Kind::kKnownAgain) kind = EventKind::kInstanceKnown;
    report.events.push_back({.kind = kind, .subject = std::move(news.id), .error = {}});
  }
}

void Source::NoteAddresses(RefreshReport& report) {
  auto before = std::exchange(address_warnings_, records_.AddressWarnings());
  const auto note = [&](EventKind kind, const AddressWarning& warning) {
    report.events.push_back({.kind = kind,
                             .subject = fmt::format("{}", fmt::join(warning.ids, " ")),
                             .error = warning.text});
  };
  for (const auto& warning : address_warnings_) {
    if (std::ranges::find(before, warning) == before.end())
      note(EventKind::kAddressDoubtful, warning);
  }
  for (const auto& warning : before) {
    const auto is_of = [&](const AddressWarning& now) {
      return std::ranges::any_of(warning.ids, [&](const auto& id) {
        return std::ranges::find(now.ids, id) != now.ids.end();
      });
    };
    if (std::ranges::none_of(address_warnings_, is_of)) note(EventKind::kAddressClear, warning);
  }
}

std::optional<HeldLoss> Source::held_loss() const {
  if (!guard_.holds()) return resumed_;
  return HeldLoss{.clusters = fmt::format("{}", fmt::join(fleet_.OutsideArns(), " ")),
                  .before = guard_.before(),
                  .refreshes = guard_.refreshes()};
}

// Goes on with the count of an earlier process, or each of those that make one refresh
// (-config.scrape-times 1) would count from the beginning. Whether it did.
bool Source::ResumeLoss(std::size_t lost) {
  if (lost == 0 || !resumed_) return false;
  const bool same = resumed_->clusters == fmt::format("{}", fmt::join(fleet_.OutsideArns(), " "));
  if (same) guard_.Resume(resumed_->before, resumed_->refreshes);
  resumed_.reset();
  return same;
}

void Source::JudgeLoss(RefreshReport& report) {
  const Loss loss{
      .lost = fleet_.OutsideTargets(), .before = targets_before_, .complete = !report.error};
  const bool resumed = ResumeLoss(loss.lost);
  const auto judgement = guard_.Judge(loss);
  report.holds_loss =
      loss.lost > 0 && (judgement == Judgement::kHeld || judgement == Judgement::kStillHeld);
  const bool held_again = resumed && judgement == Judgement::kStillHeld;
  if (const auto kind = EventOf(held_again ? Judgement::kHeld : judgement)) {
    const auto outside = fleet_.OutsideArns();
    report.events.push_back({.kind = *kind,
                             .subject = fmt::format("{}", fmt::join(outside, " ")),
                             .error = WhyOutside(outside, fleet_.ClusterArns(), parameters_.region),
                             .targets = loss.lost});
  }
  if (judgement == Judgement::kAccepted || judgement == Judgement::kSmall ||
      (judgement == Judgement::kNothing && loss.complete)) {
    if (loss.complete) resumed_.reset();
    fleet_.DropOutside();
  }
}

std::shared_ptr<const SourceView> Source::View() const {
  return std::make_shared<const SourceView>(
      SourceView{.fleet = Snapshot(),
                 .may_write = MayWrite(),
                 .held = held_loss(),
                 .address_warnings = address_warnings_,
                 .unknown_instances = records_.unknown_instances(),
                 .definitions = records_.definition_counts(),
                 .container_instances = records_.instance_counts(),
                 .addresses = records_.address_counts()});
}

bool Source::MayWrite() const {
  if (began_with_targets_ || fleet_.every_cluster_was_read()) return true;
  return fleet_.some_cluster_was_read() && clock_.Steady() - started_ >= parameters_.startup_grace;
}

}  // namespace ecsd::discovery
