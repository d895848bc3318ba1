#include "discovery/describe_plan.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "support/clock.h"

namespace ecsd::discovery {
namespace {

// A task that may be in the rolling share: a small copy, for there may be 100,000.
struct Candidate {
  support::SteadyTime described;
  std::uint32_t cluster = 0;
  std::uint32_t position = 0;

  [[nodiscard]] auto Key() const { return std::tuple(described, cluster, position); }
};

std::vector<Candidate> CandidatesOf(std::span<const std::span<const TrackedTask>> clusters,
                                    const DescribeRules& rules) {
  std::vector<Candidate> candidates;
  for (std::size_t cluster = 0; cluster < clusters.size(); ++cluster) {
    const auto tasks = clusters[cluster];
    for (std::size_t position = 0; position < tasks.size(); ++position) {
      if (IsAlwaysDescribed(tasks[position], rules)) continue;
      candidates.push_back({.described = tasks[position].described,
                            .cluster = static_cast<std::uint32_t>(cluster),
                            .position = static_cast<std::uint32_t>(position)});
    }
  }
  return candidates;
}

// How many of `count` tasks are described in one refresh. One refresh of the period is left out of
// account, for starts may be a little late.
std::size_t ShareOf(std::size_t count, const DescribeRules& rules) {
  const auto refreshes = std::max<std::int64_t>(1, rules.rediscover_within / rules.interval - 1);
  const auto parts = static_cast<std::size_t>(refreshes);
  return (count + parts - 1) / parts;
}

// Tasks that would be too old at the next refresh count into the share even when it is used up.
std::size_t WithOverdue(const std::vector<Candidate>& candidates, std::size_t share,
                        const DescribeRules& rules) {
  constexpr std::size_t kMostShares = 4;
  const auto oldest = rules.now + rules.interval - rules.rediscover_within;
  const auto overdue = static_cast<std::size_t>(std::ranges::count_if(
      candidates, [&](const Candidate& candidate) { return candidate.described < oldest; }));
  return std::min({std::max(share, overdue), kMostShares * share, candidates.size()});
}

}  // namespace

std::size_t FindTask(std::span<const TrackedTask> tasks, std::string_view arn) {
  const auto arn_of = [](const TrackedTask& tracked) { return tracked.task->arn(); };
  const auto found = std::ranges::lower_bound(tasks, arn, {}, arn_of);
  const bool is_there = found != tasks.end() && arn_of(*found) == arn;
  return is_there ? static_cast<std::size_t>(found - tasks.begin()) : tasks.size();
}

bool IsAlwaysDescribed(const TrackedTask& task, const DescribeRules& rules) {
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

std::vector<Marks> ChooseRollingShare(std::span<const std::span<const TrackedTask>> clusters,
                                      const DescribeRules& rules) {
  std::vector<Marks> marks;
  for (const auto& tasks : clusters) marks.emplace_back(tasks.size());
  auto candidates = CandidatesOf(clusters, rules);
  const auto share = WithOverdue(candidates, ShareOf(candidates.size(), rules), rules);
  if (share == 0) return marks;
  // Equal times are told apart by cluster and place, so that what is chosen together fills batches.
  std::ranges::nth_element(candidates, candidates.begin() + static_cast<std::ptrdiff_t>(share - 1),
                           {}, &Candidate::Key);
  for (const auto& chosen : std::span(candidates).first(share)) {
    marks[chosen.cluster][chosen.position] = true;
  }
  return marks;
}

ListingPlan::ListingPlan(std::span<const TrackedTask> known, Marks rolling,
                         const DescribeRules& rules)
    : known_(known), rolling_(std::move(rolling)), rules_(rules), seen_(known.size()) {
  rolling_.resize(known.size());
}

// Pages mostly come in the order of the last time, so the next task is tried first.
std::size_t ListingPlan::Find(std::string_view arn) {
  const bool is_next = next_ < known_.size() && known_[next_].task->arn() == arn;
  const auto position = is_next ? next_ : FindTask(known_, arn);
  if (position < known_.size()) next_ = position + 1;
  return position;
}

bool ListingPlan::IsWanted(std::size_t position) const {
  return rolling_[position] || IsAlwaysDescribed(known_[position], rules_);
}

std::vector<std::string> ListingPlan::Take(std::vector<std::string> page) {
  std::ranges::sort(page);
  const auto repeated = std::ranges::unique(page);
  page.erase(repeated.begin(), repeated.end());
  std::erase_if(page, [&](const std::string& arn) {
    const auto position = Find(arn);
    if (position == known_.size()) {
      ++listed_;
      return false;
    }
    if (seen_[position]) return true;
    seen_[position] = true;
    ++listed_;
    return !IsWanted(position);
  });
  return page;
}

std::vector<std::string> ListingPlan::Absent() const {
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (!seen_[i]) absent.emplace_back(known_[i].task->arn());
  }
  return absent;
}

}  // namespace ecsd::discovery
