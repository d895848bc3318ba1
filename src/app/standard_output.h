#pragma once

#include <stop_token>
#include <string>

#include "support/pieces.h"
#include "telemetry/log.h"

namespace ecsd::app {

// Prints `text`, piece by piece, however long its reader takes, until `stop` is requested. False,
// and said in the log unless stopped, when standard output does not take all of it.
[[nodiscard]] bool Print(const support::Pieces& text, const std::stop_token& stop,
                         const telemetry::Log& log);
[[nodiscard]] bool Print(const std::string& text, const std::stop_token& stop,
                         const telemetry::Log& log);

}  // namespace ecsd::app
