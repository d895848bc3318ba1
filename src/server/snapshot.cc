#include "server/snapshot.h"

#include <algorithm>
#include <cstddef>

namespace ecsd::server {

void DurationCounts::Add(double duration) {
  const auto* const bound = std::ranges::lower_bound(kBounds, duration);
  if (bound != kBounds.end()) ++counts.at(static_cast<std::size_t>(bound - kBounds.begin()));
  ++total;
  seconds += duration;
}

}  // namespace ecsd::server
