#include "discovery/tracked_task.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace ecsd::discovery {

std::size_t FindTask(std::span<const TrackedTask> tasks, std::string_view arn) {
  const auto arn_of = [](const TrackedTask& tracked) { return tracked.arn(); };
  const auto found = std::ranges::lower_bound(tasks, arn, {}, arn_of);
  const bool is_there = found != tasks.end() && arn_of(*found) == arn;
  return is_there ? static_cast<std::size_t>(found - tasks.begin()) : tasks.size();
}

TaskIndex::TaskIndex(std::span<const TrackedTask> tasks)
    : tasks_(tasks),
      slots_(std::bit_ceil((2 * tasks.size()) + 1), static_cast<std::uint32_t>(tasks.size())) {
  for (std::size_t position = 0; position < tasks_.size(); ++position) {
    auto slot = SlotOf(tasks_[position].arn());
    while (slots_[slot] < tasks_.size()) slot = After(slot);
    slots_[slot] = static_cast<std::uint32_t>(position);
  }
}

std::size_t TaskIndex::SlotOf(std::string_view arn) const {
  return std::hash<std::string_view>()(arn) & (slots_.size() - 1);
}

std::size_t TaskIndex::Find(std::string_view arn) const {
  auto slot = SlotOf(arn);
  while (slots_[slot] < tasks_.size() && tasks_[slots_[slot]].arn() != arn) slot = After(slot);
  return slots_[slot];
}

}  // namespace ecsd::discovery
