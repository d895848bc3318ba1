#pragma once

#include <stop_token>
#include <string>

#include "telemetry/log.h"

namespace ecsd::app {

// Prints `text`, however long its reader takes, until `stop` is requested. False, and said in the
// log unless stopped, when standard output does not take all of it.
[[nodiscard]] bool Print(const std::string& text, const std::stop_token& stop,
                         const telemetry::Log& log);

}  // namespace ecsd::app
