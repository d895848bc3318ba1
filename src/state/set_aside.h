#pragma once

#include <string>

#include "support/result.h"

namespace ecsd::state {

// Renames a state file, and what SQLite may have left beside it, which must not meet the next one,
// to the first name of `path`.set-aside-1 to 9 that is free, else over the last. The name. kIo on
// failure.
[[nodiscard]] support::Result<std::string> SetAside(const std::string& path);

}  // namespace ecsd::state
