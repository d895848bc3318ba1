#include "app/target_changes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/target.h"
#include "discovery/fleet_snapshot.h"

namespace ecsd::app {
namespace {

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

TargetChange TargetChanges::Next(const discovery::FleetSnapshot& fleet) {
  if (std::exchange(version_, fleet.targets_version()) == fleet.targets_version()) return {};
  std::vector<std::uint64_t> now;
  now.reserve(fleet.tally().targets);
  fleet.ForEachTarget([&now](const core::Target& target) {
    now.push_back(core::HashOf(target));
    return true;
  });
  std::ranges::sort(now);
  const TargetChange change{.added = Missing(now, digests_), .removed = Missing(digests_, now)};
  digests_ = std::move(now);
  return change;
}

}  // namespace ecsd::app
