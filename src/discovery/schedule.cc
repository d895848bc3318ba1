#include "discovery/schedule.h"

#include <algorithm>
#include <chrono>

#include "support/clock.h"

namespace ecsd::discovery {

support::SteadyTime NextStart(support::SteadyTime first, std::chrono::nanoseconds interval,
                              support::SteadyTime now, double draw) {
  constexpr double kLargestJitter = 0.05;
  const auto passed = (now - first) / interval;
  const auto slot = first + (passed + 1) * interval;
  const auto jitter = std::chrono::duration<double, std::nano>(interval) * (kLargestJitter * draw);
  return std::max(now, slot + std::chrono::duration_cast<std::chrono::nanoseconds>(jitter));
}

}  // namespace ecsd::discovery
