#pragma once

#include <chrono>
#include <stop_token>
#include <string_view>

#include "output/destination.h"
#include "output/posix.h"

namespace ecsd::output {

// Writes `bytes` to a destination of kind kStream, from wherever it stands: a redirected
// /dev/stdout goes on where it is. A pipe that nobody reads is an error (EPIPE, ENXIO), and so is a
// reader that takes nothing for `patience` (ETIMEDOUT), or until `stop` is requested (ECANCELED). A
// failure may come after a part was written.
[[nodiscard]] SystemResult<void> WriteStream(Posix& posix, const Destination& destination,
                                             std::string_view bytes,
                                             std::chrono::milliseconds patience,
                                             const std::stop_token& stop);

}  // namespace ecsd::output
