#include "support/draw.h"

#include <random>

namespace ecsd::support {

double Draw() {
  // NOLINTNEXTLINE(misc-use-internal-linkage): it is local to the function
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

}  // namespace ecsd::support
