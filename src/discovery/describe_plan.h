#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/task_facts.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"

namespace ecsd::discovery {

struct DescribeRules {
  support::SteadyTime now;
  // How old the description of a task may get, and for how long a running task that is not settled
  // is described in every refresh; from then on only as the settled ones are.
  std::chrono::nanoseconds rediscover_within{};
  std::chrono::nanoseconds interval{};    // between the starts of two refreshes
  std::chrono::nanoseconds since_last{};  // from the start of the last refresh; else `interval`
};

// Whether a listed `task` is to be described in every refresh.
[[nodiscard]] bool IsAlwaysDescribed(const TrackedTask& task, const DescribeRules& rules);

// Whether the instance of a task, or a task that is known from a file only, has one of these
// addresses.
[[nodiscard]] bool IsAt(const core::TaskFacts& facts, std::span<const std::string> hosts);

// By position, whether a task is to be described for its age.
using Marks = std::vector<bool>;

// The rolling share of one refresh: the tasks that are described only because nobody has asked for
// them for long. Those with the oldest descriptions come first, and no more of them than it takes
// for every task to get its turn within `rediscover_within`. A refresh that comes early has a part
// of a share. After a pause or a failure the share is larger, but at most four times.
//
// A call is for tasks of one cluster, so the share is taken in parts that make few calls: first
// what cannot fill up other calls anyway (TakeEarly), then, for each cluster, what has room in a
// call that is made for other reasons (TakeOf), and at the end the rest, batch by batch
// (TakeBatch).
class RollingShare {
 public:
  // `clusters` need not outlive this object.
  RollingShare(std::span<const std::span<const TrackedTask>> clusters, const DescribeRules& rules);

  // Tasks of one cluster, by their positions there.
  struct Batch {
    std::size_t cluster = 0;
    std::vector<std::size_t> positions;
  };

  // What is left of the share when each cluster has room for `batch` tasks, as marks of each.
  [[nodiscard]] std::vector<Marks> TakeEarly(std::size_t batch);
  // Up to `most` tasks of `cluster`, which are among the oldest of all clusters.
  [[nodiscard]] std::vector<std::size_t> TakeOf(std::size_t cluster, std::size_t most);
  // Up to `most` tasks of the cluster that has most of the oldest; nothing when the share is used
  // up and none would be too old at the next refresh.
  [[nodiscard]] std::optional<Batch> TakeBatch(std::size_t most);
  // Leaves `cluster` out from here on.
  void Forget(std::size_t cluster) { waiting_[cluster] = {}; }

 private:
  // A task that may be in the share: a small copy, for there may be 100,000.
  struct Candidate {
    support::SteadyTime described;
    std::uint32_t position = 0;
  };
  struct IsYounger {
    bool operator()(const Candidate& left, const Candidate& right) const;
  };

  // The tasks of one cluster that nobody took. limit_ is the age of the youngest of the share.
  struct Waiting {
    std::vector<Candidate> heap;  // the oldest on top
    std::size_t older = 0;        // than limit_: all of them are of the share
    std::size_t tied = 0;         // as old as limit_: some of them are
  };

  void Collect(std::span<const std::span<const TrackedTask>> clusters, const DescribeRules& rules);
  void FindLimit(std::size_t share);
  // How many tasks of a cluster may still be of the share.
  [[nodiscard]] std::size_t RoomOf(const Waiting& waiting) const;
  [[nodiscard]] Waiting* Richest();
  [[nodiscard]] Waiting* WithOverdue();
  [[nodiscard]] std::vector<std::size_t> Pop(Waiting& waiting, std::size_t count);

  std::vector<Waiting> waiting_;  // by cluster
  std::vector<Marks> marks_;
  support::SteadyTime overdue_;  // older descriptions are taken in any case
  support::SteadyTime limit_;
  std::size_t ties_left_ = 0;  // of those as old as limit_
  std::size_t most_left_ = 0;  // of all that may be taken
};

// Decides, while a cluster is listed page by page, which tasks are to be described: new ones, those
// that are always described, the rolling share, and at the end the known ones that no page had.
// `known` is sorted by ARN and must outlive the plan.
class ListingPlan {
 public:
  ListingPlan(std::span<const TrackedTask> known, Marks rolling, const DescribeRules& rules);

  // The tasks of one page to describe, each once.
  [[nodiscard]] std::vector<std::string> Take(std::vector<std::string> page);

  // The known tasks that no page had. Requires: the last page was taken.
  [[nodiscard]] std::vector<std::string> Absent() const;

  // Of known tasks, by position, those on pages that are not described for other reasons.
  [[nodiscard]] std::vector<std::string> Listed(std::span<const std::size_t> positions) const;

  // Whether `arn` is a known task that no page had so far.
  [[nodiscard]] bool IsAbsent(std::string_view arn) const;

  [[nodiscard]] std::span<const TrackedTask> known() const { return known_; }
  // By position in `known`, whether a page had the task.
  [[nodiscard]] const Marks& seen() const { return seen_; }
  // How many tasks the pages had.
  [[nodiscard]] std::size_t listed() const { return listed_; }

 private:
  [[nodiscard]] bool IsWanted(std::size_t position) const;

  std::span<const TrackedTask> known_;
  TaskIndex index_;  // ECS lists tasks in an order of its own
  Marks rolling_;
  DescribeRules rules_;
  Marks seen_;
  std::size_t listed_ = 0;
};

}  // namespace ecsd::discovery
