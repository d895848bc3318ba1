#include "discovery/describe_plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/derive.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/batches.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"

namespace ecsd::discovery {
namespace {

// A share after a pause, in shares.
constexpr std::size_t kMostShares = 4;

// How many of `count` tasks are described in one refresh that comes when it should. One refresh of
// the period is left out of account, for starts may be a little late.
std::size_t RegularShare(std::size_t count, const DescribeRules& rules) {
  const auto refreshes = std::max<std::int64_t>(1, rules.rediscover_within / rules.interval - 1);
  const auto parts = static_cast<std::size_t>(refreshes);
  return (count + parts - 1) / parts;
}

std::size_t ShareOf(std::size_t regular, const DescribeRules& rules) {
  using Seconds = std::chrono::duration<double>;
  const double intervals = Seconds(rules.since_last) / Seconds(rules.interval);
  const double shares = std::clamp(intervals, 0.0, static_cast<double>(kMostShares));
  return static_cast<std::size_t>(std::ceil(static_cast<double>(regular) * shares));
}

// Descriptions from before would be too old at the next refresh. Where a refresh alone takes longer
// than that, each describes everything, but for what an early one has just described.
support::SteadyTime OverdueSince(const DescribeRules& rules) {
  if (rules.rediscover_within.count() == 0) return support::SteadyTime::max();
  if (rules.rediscover_within > rules.interval)
    return rules.now + rules.interval - rules.rediscover_within;
  return rules.now - rules.interval / 2;
}

}  // namespace

bool IsAlwaysDescribed(const TrackedTask& task, const DescribeRules& rules) {
  if (task.doubt) return true;
  switch (task.settlement) {
    case Settlement::kMoving:
    case Settlement::kUnread:
      return true;
    case Settlement::kSettling:
      return task.restartable || rules.now - task.first_seen < rules.rediscover_within;
    case Settlement::kSettled:
      break;
  }
  return task.restartable;
}

bool IsAt(const core::TaskFacts& facts, std::span<const std::string> hosts) {
  const auto is_one = [&](std::string_view host) {
    return std::ranges::find(hosts, host) != hosts.end();
  };
  const auto& instance = facts.references().instance;
  if (instance) return is_one(instance->addresses.ipv4) || is_one(instance->addresses.ipv6);
  return std::ranges::any_of(facts.Unpack().recovered, [&](const core::Target& target) {
    return is_one(core::HostOf(target.address));
  });
}

// Equal times are told apart by place, so that the order is the same everywhere.
bool RollingShare::IsYounger::operator()(const Candidate& left, const Candidate& right) const {
  return std::tie(left.described, left.position) > std::tie(right.described, right.position);
}

RollingShare::RollingShare(std::span<const std::span<const TrackedTask>> clusters,
                           const DescribeRules& rules)
    : waiting_(clusters.size()), overdue_(OverdueSince(rules)) {
  Collect(clusters, rules);
  std::size_t count = 0;
  for (const auto& each : waiting_) count += each.heap.size();
  const auto regular = RegularShare(count, rules);
  most_left_ = std::min(kMostShares * regular, count);
  FindLimit(std::min(ShareOf(regular, rules), count));
}

void RollingShare::Collect(std::span<const std::span<const TrackedTask>> clusters,
                           const DescribeRules& rules) {
  for (std::size_t cluster = 0; cluster < clusters.size(); ++cluster) {
    const auto tasks = clusters[cluster];
    auto& heap = waiting_[cluster].heap;
    for (std::size_t position = 0; position < tasks.size(); ++position) {
      if (IsAlwaysDescribed(tasks[position], rules)) continue;
      heap.push_back({.described = tasks[position].described,
                      .position = static_cast<std::uint32_t>(position)});
    }
    std::ranges::make_heap(heap, IsYounger());
    marks_.emplace_back(tasks.size());
  }
}

void RollingShare::FindLimit(std::size_t share) {
  if (share == 0) return;
  std::vector<support::SteadyTime> times;
  for (const auto& each : waiting_) {
    for (const auto& candidate : each.heap) times.push_back(candidate.described);
  }
  const auto youngest = times.begin() + static_cast<std::ptrdiff_t>(share - 1);
  std::ranges::nth_element(times, youngest);
  limit_ = *youngest;
  ties_left_ = share;
  for (auto& each : waiting_) {
    for (const auto& candidate : each.heap) {
      if (candidate.described < limit_) ++each.older;
      if (candidate.described == limit_) ++each.tied;
    }
    ties_left_ -= each.older;
  }
}

std::size_t RollingShare::RoomOf(const Waiting& waiting) const {
  return waiting.older + std::min(waiting.tied, ties_left_);
}

RollingShare::Waiting* RollingShare::Richest() {
  const auto richest =
      std::ranges::max_element(waiting_, {}, [this](const Waiting& each) { return RoomOf(each); });
  return richest == waiting_.end() || RoomOf(*richest) == 0 ? nullptr : &*richest;
}

RollingShare::Waiting* RollingShare::WithOverdue() {
  for (auto& each : waiting_) {
    if (!each.heap.empty() && each.heap.front().described < overdue_) return &each;
  }
  return nullptr;
}

std::vector<std::size_t> RollingShare::Pop(Waiting& waiting, std::size_t count) {
  std::vector<std::size_t> positions;
  for (count = std::min(count, waiting.heap.size()); count > 0; --count) {
    std::ranges::pop_heap(waiting.heap, IsYounger());
    positions.push_back(waiting.heap.back().position);
    waiting.heap.pop_back();
  }
  const auto older = std::min(waiting.older, positions.size());
  const auto tied = std::min(waiting.tied, positions.size() - older);
  waiting.older -= older;
  waiting.tied -= tied;
  ties_left_ -= std::min(ties_left_, tied);
  most_left_ -= std::min(most_left_, positions.size());
  return positions;
}

std::vector<Marks> RollingShare::TakeEarly(std::size_t batch) {
  std::size_t left = ties_left_;
  std::size_t keep = 0;
  for (const auto& each : waiting_) {
    left += each.older;
    if (RoomOf(each) > 0) keep += batch;
  }
  while (left > keep) {
    auto* const chosen = Richest();
    const auto positions = Pop(*chosen, std::min({batch, left - keep, RoomOf(*chosen)}));
    for (const auto position : positions)
      marks_[static_cast<std::size_t>(chosen - waiting_.data())][position] = true;
    left -= positions.size();
  }
  return std::move(marks_);
}

std::vector<std::size_t> RollingShare::TakeOf(std::size_t cluster, std::size_t most) {
  auto& waiting = waiting_[cluster];
  return Pop(waiting, std::min(most, RoomOf(waiting)));
}

std::optional<RollingShare::Batch> RollingShare::TakeBatch(std::size_t most) {
  auto* chosen = Richest();
  auto allowed = chosen == nullptr ? 0 : RoomOf(*chosen);
  if (chosen == nullptr) {
    chosen = WithOverdue();
    allowed = most_left_;
  }
  if (chosen == nullptr || allowed == 0) return std::nullopt;
  return Batch{.cluster = static_cast<std::size_t>(chosen - waiting_.data()),
               .positions = Pop(*chosen, std::min(most, allowed))};
}

ListingPlan::ListingPlan(std::span<const TrackedTask> known, Marks rolling,
                         const DescribeRules& rules)
    : known_(known),
      index_(known),
      rolling_(std::move(rolling)),
      rules_(rules),
      seen_(known.size()) {
  rolling_.resize(known.size());
}

bool ListingPlan::IsWanted(std::size_t position) const {
  return rolling_[position] || IsAlwaysDescribed(known_[position], rules_);
}

std::vector<std::string> ListingPlan::Take(std::vector<std::string> page) {
  std::vector<std::string> wanted;
  std::vector<std::string> unknown;
  for (auto& arn : page) {
    const auto position = index_.Find(arn);
    if (position == known_.size()) {
      unknown.push_back(std::move(arn));
    } else if (!seen_[position]) {
      seen_[position] = true;
      ++listed_;
      if (IsWanted(position)) wanted.push_back(std::move(arn));
    }
  }
  SortUnique(unknown);
  listed_ += unknown.size();
  std::ranges::move(unknown, std::back_inserter(wanted));
  return wanted;
}

std::vector<std::string> ListingPlan::Absent() const {
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (!seen_[i]) absent.emplace_back(known_[i].arn());
  }
  return absent;
}

bool ListingPlan::IsAbsent(std::string_view arn) const {
  const auto position = index_.Find(arn);
  return position != known_.size() && !seen_[position];
}

std::vector<std::string> ListingPlan::Listed(std::span<const std::size_t> positions) const {
  std::vector<std::string> arns;
  arns.reserve(positions.size());
  for (const auto position : positions) {
    if (seen_[position] && !IsWanted(position)) arns.emplace_back(known_[position].arn());
  }
  return arns;
}

}  // namespace ecsd::discovery
