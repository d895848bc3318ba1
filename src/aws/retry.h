#pragma once

#include <chrono>
#include <optional>

#include "support/result.h"

namespace ecsd::aws {

// How long to wait before trying a failed call again; nothing when it is not worth it. Exponential
// back-off with full jitter: a share `draw` in [0, 1) of base * 2^(attempt - 1), at most 20 s (AWS
// SDKs and Tools Reference Guide, "Retry behavior"). The base is 1 s for throttling, which is a
// normal answer and tried often, and 50 ms for everything else that may pass by itself. `attempt`
// counts from 1.
[[nodiscard]] std::optional<std::chrono::milliseconds> RetryDelay(support::ErrorKind kind,
                                                                  int attempt, double draw);

}  // namespace ecsd::aws
