#include "discovery/fleet.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/derive.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/selection.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/known_state.h"
#include "discovery/reading.h"
#include "discovery/recorded_task.h"
#include "discovery/settlement.h"
#include "discovery/stored_references.h"
#include "discovery/tasks_of_targets.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

void SortByArn(Tasks& tasks) {
  std::ranges::stable_sort(tasks, {}, &TrackedTask::arn);
  const auto repeated = std::ranges::unique(tasks, {}, &TrackedTask::arn);
  tasks.erase(repeated.begin(), repeated.end());
}

// The targets among `outcomes`, in their order.
std::vector<core::Target> TargetsOf(std::span<const core::ContainerOutcome> outcomes) {
  std::vector<core::Target> targets;
  for (const auto& outcome : outcomes)
    std::ranges::copy(outcome.targets, std::back_inserter(targets));
  return targets;
}

core::Tally TallyOf(const Tasks& tasks, const core::Selection& selection) {
  core::Tally tally;
  core::Derivation derivation(selection);
  for (const auto& tracked : tasks) tally += core::TallyOf(derivation.Of(*tracked.facts));
  return tally;
}

bool Holds(const std::vector<std::string>& sorted, const std::string& arn) {
  return std::ranges::binary_search(sorted, arn);
}

// Whether the tasks of the cluster were listed and described, but for malformed ones, and what at
// least one of them refers to is known: enough to serve it when the rest stays unreadable.
bool WasDescribed(const ClusterReading& reading) {
  const auto is_known = [](const DescribedTask& task) { return !task.unread; };
  const bool is_empty = reading.described.empty() && reading.unanswered.empty();
  return !reading.error && reading.listed_whole &&
         (is_empty || std::ranges::any_of(reading.described, is_known));
}

}  // namespace

void Fleet::Select(std::shared_ptr<const core::Selection> selection) {
  selection_ = std::move(selection);
  core::Derivation derivation(*selection_);
  for (auto& [arn, cluster] : clusters_) {
    auto tasks = *cluster.tasks;
    for (auto& tracked : tasks) {
      const auto outcomes = derivation.Of(*tracked.facts);
      if (tracked.settlement == Settlement::kUnread) continue;
      tracked.settlement = SettlementOf(derivation.record().task,
                                        tracked.facts->references().definition.get(), outcomes);
    }
    SetTasks(std::move(tasks), cluster);
  }
  ++targets_version_;
}

void Fleet::SetTasks(Tasks tasks, Cluster& cluster) {
  cluster.tally = TallyOf(tasks, *selection_);
  cluster.tasks = std::make_shared<const Tasks>(std::move(tasks));
}

void Fleet::Seed(std::span<const core::Target> targets, Moment now,
                 std::optional<support::SystemTime> written) {
  std::map<std::string, Tasks, std::less<>> seeded;  // by cluster
  ForEachTaskOf(targets, [&](std::string_view arn, const core::TaskRecord& record) {
    seeded[std::string(arn)].push_back(
        {.facts = std::make_shared<const core::TaskFacts>(record, core::TaskReferences(), texts_),
         .described = kNever,
         .first_seen = now.steady,
         .settlement = Settlement::kUnread,
         .restartable = false,
         .doubt = nullptr});
  });
  for (auto& [arn, tasks] : seeded) {
    auto& cluster = clusters_[arn];
    if (!cluster.stale_since) cluster.stale_since = now.system;
    cluster.seeded = ToSteady(written.value_or(now.system), now);
    SetTasks(WithSeeded(*cluster.tasks, std::move(tasks)), cluster);
  }
  ++targets_version_;
}

// What both have is as the file has it where its targets are others than those of `known`.
Tasks Fleet::WithSeeded(Tasks known, Tasks seeded) const {
  core::Derivation derivation(*selection_);
  const auto count = known.size();
  for (auto& tracked : seeded) {
    const auto position = FindTask(std::span(known).first(count), tracked.arn());
    if (position == count) {
      known.push_back(std::move(tracked));
      continue;
    }
    const auto targets = TargetsOf(derivation.Of(*known[position].facts));
    if (targets != TargetsOf(derivation.Of(*tracked.facts))) known[position] = std::move(tracked);
  }
  SortByArn(known);
  return known;
}

void Fleet::Restore(const KnownState& state, Moment now) {
  const StoredReferences references(state);
  std::map<std::string, Tasks> restored;  // by cluster
  for (const auto& memory : state.clusters) {
    clusters_[memory.arn].last_good = memory.last_good;
    restored.try_emplace(memory.arn);
  }
  for (const auto& stored : state.tasks) {
    restored[stored.cluster_arn].push_back(
        ToTracked(stored, references.Of(stored.record.task), now, texts_));
  }
  for (auto& [arn, tasks] : restored) {
    auto& cluster = clusters_[arn];
    SortByArn(tasks);
    SetTasks(std::move(tasks), cluster);
    cluster.stale_since = now.system;
  }
  ++targets_version_;
}

std::vector<std::string> Fleet::ClusterArns() const {
  std::vector<std::string> arns;
  arns.reserve(clusters_.size());
  for (const auto& [arn, cluster] : clusters_) {
    if (!cluster.outside) arns.push_back(arn);
  }
  return arns;
}

std::vector<std::string> Fleet::AllClusterArns() const {
  std::vector<std::string> arns;
  arns.reserve(clusters_.size());
  for (const auto& [arn, cluster] : clusters_) arns.push_back(arn);
  return arns;
}

SharedTasks Fleet::SharedTasksOf(const std::string& cluster) const {
  const auto found = clusters_.find(cluster);
  return found == clusters_.end() ? std::make_shared<const Tasks>() : found->second.tasks;
}

bool Fleet::WasRead(const std::string& cluster) const {
  const auto found = clusters_.find(cluster);
  return found != clusters_.end() && found->second.last_good.has_value();
}

void Fleet::SortByTurn(std::vector<std::string>& clusters) const {
  using Turn = std::pair<std::optional<support::SteadyTime>, std::optional<support::SystemTime>>;
  std::ranges::stable_sort(clusters, {}, [this](const std::string& arn) {
    const auto found = clusters_.find(arn);
    if (found == clusters_.end()) return Turn();
    return Turn(found->second.turn, found->second.last_good);
  });
}

std::vector<ClusterHealth> Fleet::Update(AccountReading reading, Moment now) {
  std::vector<ClusterHealth> healths;
  std::ranges::sort(reading.gone);
  for (const auto& arn : reading.gone) {
    healths.push_back({.arn = arn, .had_tasks = !TasksOf(arn).empty(), .gone = true, .error = {}});
    Drop(arn);
  }
  MarkOutside(reading.outside);
  std::set<std::string, std::less<>> read;
  for (auto& cluster : reading.clusters) {
    read.insert(cluster.arn);
    healths.push_back(UpdateCluster(std::move(cluster), now));
  }
  if (reading.error) {
    for (auto& [arn, cluster] : clusters_) {
      if (!cluster.outside && !read.contains(arn)) MarkStale(*reading.error, now, cluster);
    }
  } else {
    const auto was_read = [](const auto& entry) {
      return entry.second.outside || entry.second.last_good.has_value();
    };
    every_cluster_was_read_ = every_cluster_was_read_ || std::ranges::all_of(clusters_, was_read);
    some_cluster_was_read_ = some_cluster_was_read_ || every_cluster_was_read_;
  }
  texts_.Sweep();
  return healths;
}

void Fleet::MarkOutside(const std::vector<std::string>& arns) {
  auto sorted = arns;
  std::ranges::sort(sorted);
  for (auto& [arn, cluster] : clusters_) cluster.outside = Holds(sorted, arn);
}

void Fleet::Drop(const std::string& arn) {
  const auto found = clusters_.find(arn);
  if (found == clusters_.end()) return;
  if (found->second.tally.targets > 0) ++targets_version_;
  clusters_.erase(found);
}

void Fleet::MarkStale(const support::Error& error, Moment now, Cluster& cluster) {
  cluster.error = error;
  if (!cluster.stale_since) cluster.stale_since = now.system;
}

// What is described in the same refresh after this was on a page.
void Fleet::Take(ClusterReading& reading, Moment now) {
  auto& cluster = clusters_[reading.arn];
  cluster.course.taken = true;
  cluster.course.described = WasDescribed(reading);
  ClusterReading taken;
  taken.listed_whole = true;
  taken.seen = std::move(reading.seen);
  taken.described = std::exchange(reading.described, {});
  taken.missing = std::exchange(reading.missing, {});
  Merge(std::move(taken), now, cluster);
  reading.seen.clear();
  for (const auto& tracked : *cluster.tasks)
    reading.seen.push_back(!tracked.doubt || tracked.doubt->kind != DoubtKind::kMissing);
}

void Fleet::Merge(ClusterReading reading, Moment now, Cluster& cluster) {
  const bool nothing = reading.described.empty() && reading.missing.empty();
  const auto is_doubted = [](const TrackedTask& tracked) { return tracked.doubt != nullptr; };
  if (nothing && std::ranges::none_of(*cluster.tasks, is_doubted)) return;
  auto merged =
      MergeReading({.tasks = *cluster.tasks, .tally = cluster.tally}, std::move(reading),
                   {.now = now.steady,
                    .confirmed = std::max(cluster.seeded, ToSteady(cluster.last_good, now)),
                    .one_shot = one_shot_,
                    .selection = selection_.get()},
                   texts_);
  cluster.tasks = std::make_shared<const Tasks>(std::move(merged.tasks));
  cluster.tally = merged.tally;
  auto& course = cluster.course;
  if (course.doubts.count == 0) {
    course.doubts = std::move(merged.doubts);
  } else {
    course.doubts.count += merged.doubts.count;
  }
  if (merged.contradiction) course.contradiction = std::move(merged.contradiction);
  std::ranges::move(merged.doubtful_definitions, std::back_inserter(doubtful_definitions_));
  if (merged.targets_changed) ++targets_version_;
}

ClusterHealth Fleet::UpdateCluster(ClusterReading reading, Moment now) {
  auto& cluster = clusters_[reading.arn];
  ClusterHealth health{.arn = reading.arn,
                       .had_tasks = !cluster.tasks->empty(),
                       .was_good = !cluster.error,
                       .had_turn = reading.had_turn,
                       .gone = reading.gone,
                       .error = {}};
  if (reading.had_turn) cluster.turn = now.steady;
  if (reading.gone) {
    Drop(reading.arn);
    return health;
  }
  health.error = WhyIncomplete(reading);
  if (!cluster.course.taken) cluster.course.described = WasDescribed(reading);
  Merge(std::move(reading), now, cluster);
  const auto course = std::exchange(cluster.course, {});
  health.doubts = course.doubts;
  if (!health.error && course.contradiction) {
    health.error =
        support::Error{.kind = support::ErrorKind::kMalformed,
                       .message = "ECS DescribeTasks says that a listed task is missing: " +
                                  *course.contradiction};
  }
  some_cluster_was_read_ = some_cluster_was_read_ || (course.described && !course.contradiction);
  if (health.error) {
    MarkStale(*health.error, now, cluster);
  } else {
    cluster.last_good = now.system;
    cluster.stale_since.reset();
    cluster.error.reset();
    some_cluster_was_read_ = true;
  }
  return health;
}

std::size_t Fleet::OutsideTargets() const {
  std::size_t count = 0;
  for (const auto& [arn, cluster] : clusters_) {
    if (cluster.outside) count += cluster.tally.targets;
  }
  return count;
}

std::vector<std::string> Fleet::OutsideArns() const {
  std::vector<std::string> arns;
  arns.reserve(clusters_.size());
  for (const auto& [arn, cluster] : clusters_) {
    if (cluster.outside) arns.push_back(arn);
  }
  return arns;
}

void Fleet::DropOutside() {
  for (const auto& arn : OutsideArns()) Drop(arn);
}

std::size_t Fleet::task_count() const {
  std::size_t count = 0;
  for (const auto& [arn, cluster] : clusters_) count += cluster.tasks->size();
  return count;
}

std::size_t Fleet::target_count() const {
  std::size_t count = 0;
  for (const auto& [arn, cluster] : clusters_) count += cluster.tally.targets;
  return count;
}

std::shared_ptr<const FleetSnapshot> Fleet::Snapshot(Moment now) const {
  std::vector<ClusterState> clusters;
  clusters.reserve(clusters_.size());
  for (const auto& [arn, cluster] : clusters_)
    clusters.push_back({.arn = arn,
                        .last_good = cluster.last_good,
                        .stale_since = cluster.stale_since,
                        .error = cluster.error,
                        .outside = cluster.outside,
                        .tasks = cluster.tasks,
                        .tally = cluster.tally});
  return std::make_shared<const FleetSnapshot>(std::move(clusters), selection_, targets_version_,
                                               now);
}

void Fleet::Save(KnownState& state, Moment now) const {
  for (const auto& [arn, cluster] : clusters_) {
    if (cluster.outside) continue;
    if (cluster.last_good) state.clusters.push_back({.arn = arn, .last_good = *cluster.last_good});
    for (const auto& tracked : *cluster.tasks) state.tasks.push_back(ToStored(tracked, arn, now));
  }
}

}  // namespace ecsd::discovery
