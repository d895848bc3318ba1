#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aws/ecs_codec.h"
#include "discovery/batches.h"

namespace ecsd::discovery {

// What a describe call said of the keys that it was asked for, each once.
template <typename T>
struct SortedAnswer {
  std::vector<T> items;
  std::vector<std::string> missing;     // said not to exist
  std::vector<std::string> unanswered;  // neither described nor missing, or contradictory
  std::string foreign;                  // the first that was not asked for; empty: none
};

// What becomes of a key that a response does not mention.
enum class Unmentioned : std::uint8_t {
  kUnanswered,  // the action reports what does not exist (ECS, "failures")
  kMissing,     // the action leaves out what does not exist (EC2 and SSM, with filters)
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

  // Notes that `key` is said not to exist. False for a key that was not asked for.
  bool CallMissing(std::string_view key) {
    const auto found = said_.find(key);
    if (found == said_.end()) return false;
    auto& what = found->second;
    what = what == kNothing || what == kMissing ? kMissing : kContradiction;
    return true;
  }

  // kNothing for what was not asked for.
  [[nodiscard]] std::size_t Of(std::string_view key) const {
    const auto found = said_.find(key);
    return found == said_.end() ? kNothing : found->second;
  }

 private:
  std::unordered_map<std::string_view, std::size_t> said_;
};

// Sorts `items`, whose keys `key_of` gives, and the keys said to be `missing` by what became of
// `keys`. A key that is described twice with different content, or both described and called
// missing, is unanswered. Items are in their order, the rest is sorted. Pure.
template <typename T, typename KeyOf>
[[nodiscard]] SortedAnswer<T> SortItems(const std::vector<std::string>& keys, std::vector<T> items,
                                        const std::vector<std::string>& missing,
                                        Unmentioned unmentioned, const KeyOf& key_of) {
  SortedAnswer<T> sorted;
  WhatWasSaid said(keys);
  const auto note = [&](bool asked, const std::string& key) {
    if (!asked && sorted.foreign.empty()) sorted.foreign = key.empty() ? "\"\"" : key;
  };
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto is_same = [&](std::size_t other) { return items[other] == items[i]; };
    note(said.Describe(key_of(items[i]), i, is_same), key_of(items[i]));
  }
  for (const auto& key : missing) note(said.CallMissing(key), key);
  for (const auto& key : keys) {
    const auto what = said.Of(key);
    const bool nothing = what == WhatWasSaid::kNothing;
    if (what == WhatWasSaid::kMissing || (nothing && unmentioned == Unmentioned::kMissing)) {
      sorted.missing.push_back(key);
    } else if (nothing || what == WhatWasSaid::kContradiction) {
      sorted.unanswered.push_back(key);
    }
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (said.Of(key_of(items[i])) == i) sorted.items.push_back(std::move(items[i]));
  }
  SortUnique(sorted.missing);
  SortUnique(sorted.unanswered);
  return sorted;
}

// The same of a response of ECS: its items have ARNs, and failures say what is MISSING.
template <typename T>
[[nodiscard]] SortedAnswer<T> SortAnswer(const std::vector<std::string>& arns,
                                         aws::Described<T> answer) {
  std::vector<std::string> missing;
  for (auto& failure : answer.failures) {
    if (failure.reason == "MISSING") missing.push_back(std::move(failure.arn));
  }
  return SortItems(arns, std::move(answer.items), missing, Unmentioned::kUnanswered,
                   [](const T& item) -> const std::string& { return item.arn; });
}

}  // namespace ecsd::discovery
