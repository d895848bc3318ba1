#include "discovery/fleet.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/known_task.h"
#include "discovery/reading.h"
#include "discovery/recorded_task.h"
#include "discovery/tasks_of_targets.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

void SortByArn(std::vector<TrackedTask>& tasks) {
  const auto arn_of = [](const TrackedTask& tracked) { return tracked.task->arn(); };
  std::ranges::stable_sort(tasks, {}, arn_of);
  const auto repeated = std::ranges::unique(tasks, {}, arn_of);
  tasks.erase(repeated.begin(), repeated.end());
}

std::size_t TargetsOf(std::span<const TrackedTask> tasks) {
  std::size_t count = 0;
  for (const auto& tracked : tasks) count += tracked.task->target_count();
  return count;
}

std::vector<core::Target> AllTargetsOf(const KnownTask& task) {
  std::vector<core::Target> targets;
  for (std::size_t i = 0; i < task.container_count(); ++i) {
    if (task.IsTarget(i)) task.FillTarget(i, targets.emplace_back());
  }
  return targets;
}

void CountReasons(std::span<const TrackedTask> tasks, core::ReasonCounts& counts) {
  for (const auto& tracked : tasks) {
    const auto& task = *tracked.task;
    for (std::size_t i = 0; i < task.container_count(); ++i) {
      if (!task.IsTarget(i)) ++counts.at(static_cast<std::size_t>(task.ReasonOf(i)));
    }
  }
}

bool Holds(const std::vector<std::string>& sorted, const std::string& arn) {
  return std::ranges::binary_search(sorted, arn);
}

// Tasks still to come in the order of the file: one cluster's, from the next on.
using Rest = std::span<const TrackedTask>;

struct ComesLater {
  bool operator()(const Rest& left, const Rest& right) const {
    return left.front().task->arn() > right.front().task->arn();
  }
};

// Calls `each` with the targets of `task`, in the room of `target`, until it returns false. Whether
// it never did.
bool GiveTargets(const KnownTask& task, core::Target& target,
                 const std::function<bool(const core::Target&)>& each) {
  for (std::size_t i = 0; i < task.container_count(); ++i) {
    if (!task.IsTarget(i)) continue;
    task.FillTarget(i, target);
    if (!each(target)) return false;
  }
  return true;
}

// Whether the tasks of the cluster were listed and described, but for malformed ones, and what at
// least one of them refers to is known: enough to serve it when the rest stays unreadable.
bool WasDescribed(const ClusterReading& reading) {
  const auto is_known = [](const DescribedTask& task) {
    return task.tracked.settlement != Settlement::kUnread;
  };
  const bool is_empty = reading.described.empty() && reading.unanswered.empty();
  return !reading.error && reading.listed_whole &&
         (is_empty || std::ranges::any_of(reading.described, is_known));
}

}  // namespace

TaskOutcome FleetSnapshot::RecordOf(const TrackedTask& tracked, std::string_view cluster) const {
  return ToRecord(tracked, cluster, taken_);
}

void Fleet::Seed(std::span<const core::Target> targets, Moment now,
                 std::optional<support::SystemTime> written) {
  std::map<std::string, std::size_t> known_counts;  // of the clusters that there are targets of
  ForEachTaskOf(targets, [&](const TaskOutcome& record) {
    auto& cluster = clusters_[record.cluster_arn];
    const auto count =
        known_counts.try_emplace(record.cluster_arn, cluster.tasks.size()).first->second;
    TrackedTask seeded{.task = std::make_shared<const KnownTask>(record, shared_),
                       .described = kNever,
                       .first_seen = now.steady,
                       .settlement = Settlement::kUnread,
                       .restartable = false,
                       .doubt = nullptr};
    const auto known = std::span(cluster.tasks).first(count);
    const auto position = FindTask(known, record.arn);
    if (position == known.size()) {
      cluster.tasks.push_back(std::move(seeded));
    } else if (AllTargetsOf(*known[position].task) != AllTargetsOf(*seeded.task)) {
      known[position] = std::move(seeded);
    }
  });
  for (const auto& [arn, count] : known_counts) {
    auto& cluster = clusters_[arn];
    if (!cluster.stale_since) cluster.stale_since = now.system;
    cluster.seeded = ToSteady(written.value_or(now.system), now);
    SortByArn(cluster.tasks);
  }
  ++targets_version_;
}

void Fleet::Restore(const KnownState& state, Moment now) {
  for (const auto& memory : state.clusters) clusters_[memory.arn].last_good = memory.last_good;
  for (const auto& record : state.tasks) {
    auto& cluster = clusters_[record.cluster_arn];
    cluster.tasks.push_back(ToTracked(record, now, shared_));
  }
  for (auto& [arn, cluster] : clusters_) {
    SortByArn(cluster.tasks);
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

std::span<const TrackedTask> Fleet::TasksOf(const std::string& cluster) const {
  const auto found = clusters_.find(cluster);
  return found == clusters_.end() ? std::span<const TrackedTask>() : found->second.tasks;
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
  shared_.Sweep();
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
  if (TargetsOf(found->second.tasks) > 0) ++targets_version_;
  clusters_.erase(found);
}

void Fleet::MarkStale(const support::Error& error, Moment now, Cluster& cluster) {
  cluster.error = error;
  if (!cluster.stale_since) cluster.stale_since = now.system;
}

ClusterHealth Fleet::UpdateCluster(ClusterReading reading, Moment now) {
  auto& cluster = clusters_[reading.arn];
  ClusterHealth health{.arn = reading.arn,
                       .had_tasks = !cluster.tasks.empty(),
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
  const bool described = WasDescribed(reading);
  auto merged =
      MergeReading(std::move(cluster.tasks), std::move(reading),
                   {.now = now.steady,
                    .confirmed = std::max(cluster.seeded, ToSteady(cluster.last_good, now)),
                    .one_shot = one_shot_});
  health.doubts = std::move(merged.doubts);
  if (!health.error && merged.contradiction) {
    health.error =
        support::Error{.kind = support::ErrorKind::kMalformed,
                       .message = "ECS DescribeTasks says that a listed task is missing: " +
                                  *merged.contradiction};
  }
  some_cluster_was_read_ = some_cluster_was_read_ || (described && !merged.contradiction);
  cluster.tasks = std::move(merged.tasks);
  if (merged.targets_changed) ++targets_version_;
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
    if (cluster.outside) count += TargetsOf(cluster.tasks);
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
  for (const auto& [arn, cluster] : clusters_) count += cluster.tasks.size();
  return count;
}

std::size_t Fleet::target_count() const {
  std::size_t count = 0;
  for (const auto& [arn, cluster] : clusters_) count += TargetsOf(cluster.tasks);
  return count;
}

// Every cluster is sorted by itself; as a rule their ARNs do not mix, but nothing promises it.
bool Fleet::ForEachTarget(const std::function<bool(const core::Target&)>& each) const {
  std::priority_queue<Rest, std::vector<Rest>, ComesLater> rests;
  for (const auto& [arn, cluster] : clusters_) {
    if (!cluster.tasks.empty()) rests.emplace(cluster.tasks);
  }
  core::Target target;
  while (!rests.empty()) {
    auto rest = rests.top();
    rests.pop();
    const auto limit = rests.empty() ? std::string_view() : rests.top().front().task->arn();
    do {
      if (!GiveTargets(*rest.front().task, target, each)) return false;
      rest = rest.subspan(1);
    } while (!rest.empty() && (rests.empty() || rest.front().task->arn() <= limit));
    if (!rest.empty()) rests.push(rest);
  }
  return true;
}

core::ReasonCounts Fleet::Reasons() const {
  core::ReasonCounts counts{};
  for (const auto& [arn, cluster] : clusters_) CountReasons(cluster.tasks, counts);
  return counts;
}

std::vector<ClusterSummary> Fleet::Summary() const {
  std::vector<ClusterSummary> summaries;
  summaries.reserve(clusters_.size());
  for (const auto& [arn, cluster] : clusters_) {
    auto& summary = summaries.emplace_back();
    summary.arn = arn;
    summary.last_good = cluster.last_good;
    summary.stale_since = cluster.stale_since;
    summary.error = cluster.error;
    summary.outside = cluster.outside;
    summary.tasks = cluster.tasks.size();
    summary.targets = TargetsOf(cluster.tasks);
    CountReasons(cluster.tasks, summary.skipped);
  }
  return summaries;
}

std::shared_ptr<const FleetSnapshot> Fleet::Snapshot(Moment now) const {
  std::vector<FleetSnapshot::Cluster> clusters;
  clusters.reserve(clusters_.size());
  for (const auto& [arn, cluster] : clusters_)
    clusters.push_back({.arn = arn,
                        .last_good = cluster.last_good,
                        .outside = cluster.outside,
                        .tasks = cluster.tasks});
  return std::make_shared<const FleetSnapshot>(std::move(clusters), now);
}

void Fleet::Save(KnownState& state, Moment now) const {
  for (const auto& [arn, cluster] : clusters_) {
    if (cluster.outside) continue;
    if (cluster.last_good) state.clusters.push_back({.arn = arn, .last_good = *cluster.last_good});
    for (const auto& tracked : cluster.tasks) state.tasks.push_back(ToRecord(tracked, arn, now));
  }
}

}  // namespace ecsd::discovery
