#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/task_facts.h"
#include "discovery/doubt.h"
#include "discovery/settlement.h"
#include "support/clock.h"

namespace ecsd::discovery {

// The facts of a task, and what decides when it is described again.
struct TrackedTask {
  std::shared_ptr<const core::TaskFacts> facts;  // those that are believed
  support::SteadyTime described;                 // when it was last, or SteadyTime::min() for never
  support::SteadyTime first_seen;
  Settlement settlement = Settlement::kUnread;
  bool restartable = false;
  std::shared_ptr<const Doubt> doubt;  // null: nothing contradicts it

  [[nodiscard]] std::string_view arn() const { return facts->arn(); }
  // Of the description that is believed.
  [[nodiscard]] std::int64_t version() const { return facts->version().value_or(kNoVersion); }
};

// The known tasks of a cluster, sorted by ARN, each once. Shared by whoever looks at them; whoever
// changes them makes others, which costs a copy of pointers.
using Tasks = std::vector<TrackedTask>;
using SharedTasks = std::shared_ptr<const Tasks>;

// The position of the task `arn` in `tasks`, which are sorted by ARN; tasks.size() for none.
[[nodiscard]] std::size_t FindTask(std::span<const TrackedTask> tasks, std::string_view arn);

// The same by a hash table, for when all of many tasks are looked for: ECS lists them in an order
// of its own. The tasks must outlive it and not change.
class TaskIndex {
 public:
  // Requires: fewer than 2^32 tasks, each ARN once.
  explicit TaskIndex(std::span<const TrackedTask> tasks);

  [[nodiscard]] std::size_t Find(std::string_view arn) const;

 private:
  // Where the search for `arn` begins.
  [[nodiscard]] std::size_t SlotOf(std::string_view arn) const;
  [[nodiscard]] std::size_t After(std::size_t slot) const {
    return (slot + 1) & (slots_.size() - 1);
  }

  std::span<const TrackedTask> tasks_;
  // Positions, and tasks_.size() where there is none; a power of two of them, half empty at least,
  // so that every search ends.
  std::vector<std::uint32_t> slots_;
};

}  // namespace ecsd::discovery
