#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/known_state.h"
#include "discovery/known_task.h"
#include "support/clock.h"

namespace ecsd::discovery {

// A known task, and what decides when it is described again.
struct TrackedTask {
  std::shared_ptr<const KnownTask> task;
  support::SteadyTime described;  // when it was last, or SteadyTime::min() for never
  support::SteadyTime first_seen;
  Settlement settlement = Settlement::kUnread;
  bool restartable = false;
};

// The position of the task `arn` in `tasks`, which are sorted by ARN; tasks.size() for none.
[[nodiscard]] std::size_t FindTask(std::span<const TrackedTask> tasks, std::string_view arn);

struct DescribeRules {
  support::SteadyTime now;
  // How old the description of a task may get, and for how long a running task that is not settled
  // is described in every refresh; from then on only as the settled ones are.
  std::chrono::nanoseconds rediscover_within{};
  std::chrono::nanoseconds interval{};  // between the starts of two refreshes
};

// Whether a listed `task` is to be described in every refresh.
[[nodiscard]] bool IsAlwaysDescribed(const TrackedTask& task, const DescribeRules& rules);

// By position, whether a task is to be described for its age.
using Marks = std::vector<bool>;

// Chooses the rolling share of a refresh among the tasks of all clusters: those whose description
// is the oldest, and no more than it takes for every task to get its turn within
// `rediscover_within`. When a share fell out (a failure, a pause), the next ones are larger, but at
// most four times.
[[nodiscard]] std::vector<Marks> ChooseRollingShare(
    std::span<const std::span<const TrackedTask>> clusters, const DescribeRules& rules);

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

  // By position in `known`, whether a page had the task.
  [[nodiscard]] const Marks& seen() const { return seen_; }
  // How many tasks the pages had.
  [[nodiscard]] std::size_t listed() const { return listed_; }

 private:
  [[nodiscard]] std::size_t Find(std::string_view arn);
  [[nodiscard]] bool IsWanted(std::size_t position) const;

  std::span<const TrackedTask> known_;
  Marks rolling_;
  DescribeRules rules_;
  Marks seen_;
  std::size_t listed_ = 0;
  std::size_t next_ = 0;  // where the next ARN is when the pages are sorted
};

}  // namespace ecsd::discovery
