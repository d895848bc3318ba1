#include "support/descriptors.h"

#include <sys/resource.h>

#include <cstddef>
#include <limits>

namespace ecsd::support {

std::size_t MostDescriptors() {
  rlimit limit{};
  // It cannot fail for this resource; without an answer there is no limit that we know of.
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<std::size_t>::max();
  return limit.rlim_cur;
}

}  // namespace ecsd::support
