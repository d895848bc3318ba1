#include "discovery/reading.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "discovery/doubt.h"
#include "discovery/tracked_task.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::Error;
using support::ErrorKind;

std::string_view ArnOf(const DescribedTask& described) {
  return described.tracked.task->arn();
}

bool HasTargets(const TrackedTask& tracked) {
  return tracked.task->target_count() > 0;
}

bool IsRunning(const TrackedTask& tracked) {
  return tracked.settlement == Settlement::kSettled || tracked.settlement == Settlement::kSettling;
}

// Merges two lists that are sorted by ARN.
class Merge {
 public:
  Merge(std::vector<TrackedTask> known, ClusterReading reading, const MergeRules& rules)
      : known_(std::move(known)), reading_(std::move(reading)), rules_(rules) {
    reading_.seen.resize(known_.size());
    std::ranges::sort(reading_.missing);
    auto& described = reading_.described;
    std::ranges::stable_sort(described, {}, ArnOf);
    const auto repeated = std::ranges::unique(described, {}, ArnOf);
    described.erase(repeated.begin(), repeated.end());
  }

  MergedTasks Run() {
    merged_.tasks.reserve(known_.size() + reading_.described.size());
    std::size_t next = 0;
    for (auto& described : reading_.described) {
      while (next < known_.size() && known_[next].task->arn() < ArnOf(described)) Keep(next++);
      if (next < known_.size() && known_[next].task->arn() == ArnOf(described)) {
        Replace(next++, described);
      } else {
        Put(std::move(described.tracked), true);
      }
    }
    while (next < known_.size()) Keep(next++);
    merged_.contradiction = FindContradiction();
    return std::move(merged_);
  }

 private:
  [[nodiscard]] bool IsMissing(std::string_view arn) const {
    return std::ranges::binary_search(reading_.missing, arn, {},
                                      [](const auto& each) { return std::string_view(each); });
  }

  void Put(TrackedTask tracked, bool changed) {
    merged_.targets_changed = merged_.targets_changed || (changed && HasTargets(tracked));
    merged_.tasks.push_back(std::move(tracked));
  }

  void Drop(std::size_t position) {
    gone_.emplace_back(known_[position].task->arn());
    merged_.targets_changed = merged_.targets_changed || HasTargets(known_[position]);
  }

  [[nodiscard]] bool IsAbsent(std::size_t position) const {
    return reading_.listed_whole && !reading_.seen[position];
  }

  // Whether `old` is kept because of what the reading says of it; not once that is believed.
  bool IsKeptInDoubt(TrackedTask& old, DoubtKind kind, std::int64_t version) {
    const bool is_new = !old.doubt || old.doubt->kind != kind;
    old.doubt = AfterReading(old.doubt, kind, version, rules_.now);
    if (!old.doubt) return false;
    if (is_new && merged_.doubts.count++ == 0) {
      merged_.doubts.kind = kind;
      merged_.doubts.first = old.task->arn();
    }
    return true;
  }

  // ECS describes a task for an hour after it stopped, so that it cannot be missing yet.
  [[nodiscard]] bool IsDoubtfullyMissing(const TrackedTask& old) const {
    if (rules_.one_shot || !HasTargets(old)) return false;
    return std::max(old.described, rules_.confirmed) >= rules_.now - kStoppedTasksAreDescribed;
  }

  // Whether the absent task `old` is missing, and that is believed.
  bool IsGone(TrackedTask& old) {
    if (!IsMissing(old.task->arn())) return false;
    if (!IsDoubtfullyMissing(old) || !IsKeptInDoubt(old, DoubtKind::kMissing, kNoVersion))
      return true;
    doubted_.emplace_back(old.task->arn());
    return false;
  }

  void Keep(std::size_t position) {
    auto& old = known_[position];
    if (IsAbsent(position) && IsGone(old)) {
      Drop(position);
      return;
    }
    const bool was_missing = old.doubt && old.doubt->kind == DoubtKind::kMissing;
    if (reading_.seen[position] && was_missing) old.doubt = nullptr;
    Put(std::move(old), false);
  }

  [[nodiscard]] bool HasLess(const TrackedTask& old, const DescribedTask& described) const {
    const auto& now = described.tracked;
    if (described.not_begun) return HasTargets(old);
    if (!IsRunning(now)) return false;
    if (described.lacks_target) return !rules_.one_shot;
    return IsComparable(old, now) && now.task->HasLessThan(*old.task);
  }

  // Without any version, as moto has it, every description is believed. What is known from the file
  // has no version, and a run of one refresh cannot ask again.
  [[nodiscard]] bool IsComparable(const TrackedTask& old, const TrackedTask& now) const {
    if (old.version == kNoVersion) return now.version != kNoVersion && !rules_.one_shot;
    return now.version == old.version || now.version == kNoVersion;
  }

  void Replace(std::size_t position, DescribedTask& described) {
    auto& old = known_[position];
    auto& now = described.tracked;
    const bool has_versions = old.version != kNoVersion && now.version != kNoVersion;
    if (has_versions && now.version < old.version &&
        IsKeptInDoubt(old, DoubtKind::kStale, now.version)) {
      Put(std::move(old), false);
      return;
    }
    if (described.ended && !reading_.seen[position]) {
      Drop(position);
      return;
    }
    const bool unread = now.settlement == Settlement::kUnread;
    if (unread) old.settlement = Settlement::kUnread;
    if (unread || (HasLess(old, described) && IsKeptInDoubt(old, DoubtKind::kLess, kNoVersion))) {
      Put(std::move(old), false);
      return;
    }
    if (!described.instance_gone) KeepTargets(old, now);
    Exchange(old, now);
  }

  static void KeepTargets(const TrackedTask& old, TrackedTask& now) {
    if (auto kept = now.task->KeepingTargetsOf(*old.task)) now.task = std::move(kept);
  }

  void Exchange(TrackedTask& old, TrackedTask& now) {
    now.first_seen = old.first_seen;
    const bool same = *now.task == *old.task;
    const bool had_targets = HasTargets(old);
    if (same) now.task = std::move(old.task);
    merged_.targets_changed = merged_.targets_changed || (!same && had_targets);
    Put(std::move(now), !same);
  }

  [[nodiscard]] std::optional<std::string> FindContradiction() const {
    for (const auto& arn : reading_.missing) {
      if (!std::ranges::binary_search(gone_, arn) && !std::ranges::binary_search(doubted_, arn))
        return arn;
    }
    return std::nullopt;
  }

  std::vector<TrackedTask> known_;
  ClusterReading reading_;
  const MergeRules rules_;
  MergedTasks merged_;
  std::vector<std::string> gone_;     // sorted, for the known tasks are
  std::vector<std::string> doubted_;  // called missing, and kept; sorted
};

}  // namespace

std::optional<Error> WhyIncomplete(const ClusterReading& reading) {
  if (reading.error) return reading.error;
  if (reading.unread) return reading.unread;
  if (reading.unanswered.empty()) return std::nullopt;
  auto message = fmt::format(
      "ECS DescribeTasks: {} of the tasks asked for are missing or malformed "
      "in the response, such as {}",
      reading.unanswered.size(), reading.unanswered.front());
  if (!reading.fault.empty()) message += ": " + reading.fault;
  return Error{.kind = ErrorKind::kMalformed, .message = std::move(message)};
}

MergedTasks MergeReading(std::vector<TrackedTask> known, ClusterReading reading,
                         const MergeRules& rules) {
  return Merge(std::move(known), std::move(reading), rules).Run();
}

}  // namespace ecsd::discovery
