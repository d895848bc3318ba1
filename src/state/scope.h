#pragma once

#include <string>

namespace ecsd::state {

// What decides which tasks are known, as bytes: the `cluster` of the flags. Tasks that were kept
// with another scope mean nothing; definitions and instances do not depend on it. What becomes of
// containers is derived of their facts, and so is no part of it.
[[nodiscard]] std::string ScopeOf(const std::string& cluster);

}  // namespace ecsd::state
