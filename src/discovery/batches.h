#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"

namespace ecsd::discovery {

// `keys` in parts of at most `size`, in their order.
[[nodiscard]] inline std::vector<std::vector<std::string>> SplitIntoBatches(
    std::span<const std::string> keys, std::size_t size) {
  std::vector<std::vector<std::string>> batches;
  while (!keys.empty()) {
    const auto now = keys.first(std::min(size, keys.size()));
    batches.emplace_back(now.begin(), now.end());
    keys = keys.subspan(now.size());
  }
  return batches;
}

enum class Take : std::uint8_t { kFull, kAll };

// Takes the batches of `size` off the front of `keys`; with kAll, what is left too.
[[nodiscard]] inline std::vector<std::vector<std::string>> TakeBatches(
    std::vector<std::string>& keys, std::size_t size, Take take) {
  const auto count = take == Take::kAll ? keys.size() : keys.size() - (keys.size() % size);
  auto batches = SplitIntoBatches(std::span(keys).first(count), size);
  keys.erase(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count));
  return batches;
}

// Sorts `keys` and leaves each in only once.
inline void SortUnique(std::vector<std::string>& keys) {
  std::ranges::sort(keys);
  const auto repeated = std::ranges::unique(keys);
  keys.erase(repeated.begin(), repeated.end());
}

// What a describe call said of the keys that it was asked for, each once.
template <typename T>
struct SortedAnswer {
  std::vector<T> items;
  std::vector<std::string> missing;     // said not to exist
  std::vector<std::string> unanswered;  // neither described nor missing, or contradictory
  std::string foreign;                  // the first that was not asked for; empty: none
};

// What a response says of each key that was asked for: a position in its items, or one of these.
class WhatWasSaid {
 public:
  static constexpr std::size_t kNothing = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t kMissing = kNothing - 1;
  static constexpr std::size_t kContradiction = kNothing - 2;

  // `keys` must outlive this object.
  explicit WhatWasSaid(const std::vector<std::string>& keys) {
    for (const auto& key : keys) said_.emplace(key, kNothing);
  }

  // Notes that the item at `position` describes `key`; `is_same` says whether it equals the item at
  // another position. False for a key that was not asked for.
  template <typename IsSame>
  bool Describe(std::string_view key, std::size_t position, const IsSame& is_same) {
    const auto found = said_.find(key);
    if (found == said_.end()) return false;
    auto& what = found->second;
    if (what == kNothing) {
      what = position;
    } else if (what >= kContradiction || !is_same(what)) {
      what = kContradiction;
    }
    return true;
  }

  void CallMissing(std::string_view key) {
    const auto found = said_.find(key);
    if (found == said_.end()) return;
    auto& what = found->second;
    what = what == kNothing || what == kMissing ? kMissing : kContradiction;
  }

  // kNothing for what was not asked for.
  [[nodiscard]] std::size_t Of(std::string_view key) const {
    const auto found = said_.find(key);
    return found == said_.end() ? kNothing : found->second;
  }

 private:
  std::unordered_map<std::string_view, std::size_t> said_;
};

// Sorts `answer` by what became of `keys`. A key that the response describes twice with different
// content, or both describes and calls missing, is unanswered.
template <typename T>
[[nodiscard]] SortedAnswer<T> SortAnswer(const std::vector<std::string>& keys,
                                         aws::Described<T> answer) {
  SortedAnswer<T> sorted;
  WhatWasSaid said(keys);
  auto& items = answer.items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto is_same = [&](std::size_t other) { return items[other] == items[i]; };
    if (!said.Describe(items[i].arn, i, is_same) && sorted.foreign.empty())
      sorted.foreign = items[i].arn;
  }
  for (const auto& failure : answer.failures) {
    if (failure.reason == "MISSING") said.CallMissing(failure.arn);
  }
  for (const auto& key : keys) {
    const auto what = said.Of(key);
    if (what == WhatWasSaid::kMissing) sorted.missing.push_back(key);
    if (what == WhatWasSaid::kNothing || what == WhatWasSaid::kContradiction)
      sorted.unanswered.push_back(key);
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (said.Of(items[i].arn) == i) sorted.items.push_back(std::move(items[i]));
  }
  SortUnique(sorted.missing);
  SortUnique(sorted.unanswered);
  return sorted;
}

}  // namespace ecsd::discovery
