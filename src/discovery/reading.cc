#include "discovery/reading.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// Merges two lists that are sorted by ARN.
class Merge {
 public:
  Merge(std::vector<TrackedTask> known, ClusterReading reading)
      : known_(std::move(known)), reading_(std::move(reading)) {
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

  void Keep(std::size_t position) {
    if (IsAbsent(position) && IsMissing(known_[position].task->arn())) {
      Drop(position);
    } else {
      Put(std::move(known_[position]), false);
    }
  }

  void Replace(std::size_t position, DescribedTask& described) {
    auto& old = known_[position];
    auto& now = described.tracked;
    if (described.ended && !reading_.seen[position]) {
      Drop(position);
    } else if (now.settlement == Settlement::kUnread) {
      old.settlement = Settlement::kUnread;
      Put(std::move(old), false);
    } else {
      Exchange(old, now);
    }
  }

  void Exchange(TrackedTask& old, TrackedTask& now) {
    if (auto kept = now.task->KeepingTargetsOf(*old.task)) now.task = std::move(kept);
    now.first_seen = old.first_seen;
    const bool same = *now.task == *old.task;
    const bool had_targets = HasTargets(old);
    if (same) now.task = std::move(old.task);
    merged_.targets_changed = merged_.targets_changed || (!same && had_targets);
    Put(std::move(now), !same);
  }

  [[nodiscard]] std::optional<std::string> FindContradiction() const {
    for (const auto& arn : reading_.missing) {
      if (!std::ranges::binary_search(gone_, arn)) return arn;
    }
    return std::nullopt;
  }

  std::vector<TrackedTask> known_;
  ClusterReading reading_;
  MergedTasks merged_;
  std::vector<std::string> gone_;  // sorted, for the known tasks are
};

}  // namespace

std::optional<Error> WhyIncomplete(const ClusterReading& reading) {
  if (reading.error) return reading.error;
  if (reading.unread) return reading.unread;
  if (reading.unanswered.empty()) return std::nullopt;
  return Error{.kind = ErrorKind::kMalformed,
               .message = fmt::format(
                   "ECS DescribeTasks: no answer that can be understood for {} of the tasks asked "
                   "for, such as {}",
                   reading.unanswered.size(), reading.unanswered.front())};
}

MergedTasks MergeReading(std::vector<TrackedTask> known, ClusterReading reading) {
  return Merge(std::move(known), std::move(reading)).Run();
}

}  // namespace ecsd::discovery
