#pragma once

#include <chrono>
#include <stop_token>

#include "output/destination.h"
#include "output/posix.h"
#include "support/pieces.h"

namespace ecsd::output {

// Writes `contents` to a destination of kind kStream, from wherever it stands: a redirected
// /dev/stdout goes on where it is. A pipe that nobody reads is an error (EPIPE, ENXIO), and so is a
// reader that takes nothing for `patience` (ETIMEDOUT), or until `stop` is requested (ECANCELED). A
// failure may come after a part was written.
[[nodiscard]] SystemResult<void> WriteStream(Posix& posix, const Destination& destination,
                                             const support::Pieces& contents,
                                             std::chrono::milliseconds patience,
                                             const std::stop_token& stop);

}  // namespace ecsd::output
