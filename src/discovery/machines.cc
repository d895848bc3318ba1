#include "discovery/machines.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "support/clock.h"

namespace ecsd::discovery {
namespace {

using support::SteadyTime;

// `age` before `now`; a time that is not known is SteadyTime::min().
bool IsOlder(SteadyTime time, std::chrono::nanoseconds age, SteadyTime now) {
  return time == SteadyTime::min() || now - time > age;
}

}  // namespace

void Machines::BeginRefresh(const Freshness& freshness) {
  freshness_ = freshness;
  for (const auto& [id, read] : std::exchange(restored_, {})) {
    const bool known = read && *read <= freshness.system;
    machines_[id] = {.read = known ? freshness.now - (freshness.system - *read) : SteadyTime::min(),
                     .used = freshness.now};
  }
  std::erase_if(machines_, [&](const auto& each) { return !IsUsed(each.second); });
}

void Machines::Use(const std::string& id) {
  if (const auto found = machines_.find(id); found != machines_.end())
    found->second.used = freshness_.now;
}

bool Machines::IsFresh(const std::string& id) const {
  const auto found = machines_.find(id);
  return found != machines_.end() &&
         !IsOlder(found->second.read, freshness_.within, freshness_.now);
}

bool Machines::IsUsed(const Machine& machine) const {
  return !IsOlder(machine.used, 2 * (freshness_.within + freshness_.interval), freshness_.now);
}

bool Machines::IsUsed(const std::string& id) const {
  const auto found = machines_.find(id);
  return found != machines_.end() && IsUsed(found->second);
}

std::vector<std::string> Machines::Due() const {
  using Item = std::pair<SteadyTime, const std::string*>;
  std::vector<Item> oldest;
  std::size_t overdue = 0;
  for (const auto& [id, machine] : machines_) {
    if (!IsOlder(machine.read, freshness_.interval / 2, freshness_.now)) continue;
    oldest.emplace_back(machine.read, &id);
    if (IsOlder(machine.read, freshness_.within - freshness_.interval, freshness_.now)) ++overdue;
  }
  // One refresh of the period is left out of account, for starts may be a little late.
  const auto parts = static_cast<std::size_t>(
      std::max<std::int64_t>(1, freshness_.within / freshness_.interval - 1));
  const auto share = (machines_.size() + parts - 1) / parts;
  std::ranges::sort(oldest, {},
                    [](const Item& item) { return std::tie(item.first, *item.second); });
  oldest.resize(std::min(oldest.size(), std::max(overdue, share)));
  std::vector<std::string> ids;
  ids.reserve(oldest.size());
  for (const auto& [read, id] : oldest) ids.push_back(*id);
  return ids;
}

}  // namespace ecsd::discovery
