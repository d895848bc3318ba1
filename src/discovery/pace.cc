#include "discovery/pace.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace ecsd::discovery {

Pace NextPace(const Course& course) {
  constexpr std::size_t kFew = 4;
  if (!course.ran_out)
    return {.clusters = std::numeric_limits<std::size_t>::max(), .hurried = false};
  // Perhaps there is only time for one. Otherwise a few, so that one whose calls hang does not keep
  // the others waiting.
  if (course.done == 0) return {.clusters = 1, .hurried = true};
  // With one more for each that is done, a quarter leaves time to finish most of them.
  return {.clusters = std::max(course.done / 4, kFew), .hurried = true};
}

}  // namespace ecsd::discovery
