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

// Sorts `answer` by what became of `keys`. A key that the response describes twice with different
// content, or both describes and calls missing, is unanswered.
template <typename T>
[[nodiscard]] SortedAnswer<T> SortAnswer(const std::vector<std::string>& keys,
                                         aws::Described<T> answer) {
  SortedAnswer<T> sorted;
  // What the response says of each key, as a position in answer.items, or one of these:
  constexpr std::size_t kNothing = std::numeric_limits<std::size_t>::max();
  constexpr std::size_t kMissing = kNothing - 1;
  constexpr std::size_t kContradiction = kNothing - 2;
  std::unordered_map<std::string_view, std::size_t> said;
  for (const auto& key : keys) said.emplace(key, kNothing);
  for (std::size_t i = 0; i < answer.items.size(); ++i) {
    const auto found = said.find(answer.items[i].arn);
    if (found == said.end()) {
      if (sorted.foreign.empty()) sorted.foreign = answer.items[i].arn;
    } else if (found->second == kNothing) {
      found->second = i;
    } else if (found->second >= kContradiction ||
               !(answer.items[found->second] == answer.items[i])) {
      found->second = kContradiction;
    }
  }
  for (const auto& failure : answer.failures) {
    const auto found = said.find(failure.arn);
    if (found == said.end() || failure.reason != "MISSING") continue;
    found->second =
        found->second == kNothing || found->second == kMissing ? kMissing : kContradiction;
  }
  for (const auto& [key, what] : said) {
    if (what == kMissing) sorted.missing.emplace_back(key);
    if (what == kNothing || what == kContradiction) sorted.unanswered.emplace_back(key);
  }
  for (std::size_t i = 0; i < answer.items.size(); ++i) {
    const auto found = said.find(answer.items[i].arn);
    if (found != said.end() && found->second == i)
      sorted.items.push_back(std::move(answer.items[i]));
  }
  std::ranges::sort(sorted.missing);
  std::ranges::sort(sorted.unanswered);
  return sorted;
}

}  // namespace ecsd::discovery
