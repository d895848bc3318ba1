#pragma once

#include <chrono>

#include "support/clock.h"

namespace ecsd::discovery {

// When the next refresh starts: refreshes start one `interval` apart, counted from `first`; starts
// that a slow refresh missed are skipped, not made up. A share `draw` in [0, 1) of 5 % of the
// interval is added, so that many copies of the program do not call at the same moments. Never
// before `now`.
[[nodiscard]] support::SteadyTime NextStart(support::SteadyTime first,
                                            std::chrono::nanoseconds interval,
                                            support::SteadyTime now, double draw);

}  // namespace ecsd::discovery
