#pragma once

#include "app/commands.h"

namespace ecsd::app {

// `doctor`: checks credentials, identity, region, clock, every permission (by calls that change
// nothing) and the output path, and prints a line for each. False when something that is needed
// fails.
[[nodiscard]] bool Doctor(const CommandContext& context);

}  // namespace ecsd::app
