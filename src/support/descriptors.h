#pragma once

#include <cstddef>

namespace ecsd::support {

// How many file descriptors this process may have open at a time (getrlimit(2), RLIMIT_NOFILE).
[[nodiscard]] std::size_t MostDescriptors();

}  // namespace ecsd::support
