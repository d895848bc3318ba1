#pragma once

#include <string>

#include "core/selection.h"

namespace ecsd::state {

// What decides which tasks are known and what becomes of their containers, as bytes: `selection`,
// and the `cluster` of the flags. Tasks that were kept with another scope mean nothing; definitions
// and instances do not depend on it.
[[nodiscard]] std::string ScopeOf(const core::Selection& selection, const std::string& cluster);

}  // namespace ecsd::state
