#include "app/target_changes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/target.h"
#include "discovery/fleet.h"

namespace ecsd::app {
namespace {

std::uint64_t DigestOf(const core::Target& target) {
  constexpr std::uint64_t kPrime = 0x100000001b3;  // of FNV-1a
  const std::hash<std::string_view> hash;
  std::uint64_t digest = hash(target.address);
  for (const auto& field : core::kLabelFields) {
    digest = (digest * kPrime) ^ hash(target.*field.value);
  }
  return digest;
}

// How many of `left` are not in `right`; both sorted.
std::size_t Missing(const std::vector<std::uint64_t>& left,
                    const std::vector<std::uint64_t>& right) {
  std::size_t missing = 0;
  auto at = right.begin();
  for (const auto digest : left) {
    while (at != right.end() && *at < digest) ++at;
    if (at != right.end() && *at == digest) {
      ++at;
    } else {
      ++missing;
    }
  }
  return missing;
}

}  // namespace

TargetChange TargetChanges::Next(const discovery::Fleet& fleet) {
  if (std::exchange(version_, fleet.targets_version()) == fleet.targets_version()) return {};
  std::vector<std::uint64_t> now;
  now.reserve(fleet.target_count());
  fleet.ForEachTarget([&now](const core::Target& target) {
    now.push_back(DigestOf(target));
    return true;
  });
  std::ranges::sort(now);
  const TargetChange change{.added = Missing(now, digests_), .removed = Missing(digests_, now)};
  digests_ = std::move(now);
  return change;
}

}  // namespace ecsd::app
