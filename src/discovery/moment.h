#pragma once

#include "support/clock.h"

namespace ecsd::discovery {

// One moment by both clocks.
struct Moment {
  support::SteadyTime steady;
  support::SystemTime system;
};

}  // namespace ecsd::discovery
