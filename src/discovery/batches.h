#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

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

}  // namespace ecsd::discovery
