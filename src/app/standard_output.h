#pragma once

#include <string>

#include "telemetry/log.h"

namespace ecsd::app {

// Prints `text`. False, and said in the log, when standard output does not take all of it.
[[nodiscard]] bool Print(const std::string& text, const telemetry::Log& log);

}  // namespace ecsd::app
