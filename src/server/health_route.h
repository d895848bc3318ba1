#pragma once

#include <chrono>

#include "server/response.h"
#include "server/snapshot.h"
#include "support/clock.h"

namespace ecsd::server {

// GET /-/healthy: 503 when no cluster was read for longer than `limit` (counted from the start of
// the program before the first one); 0: never.
[[nodiscard]] Response AnswerHealthy(const Snapshot& snapshot, support::SteadyTime now,
                                     std::chrono::nanoseconds limit);

// GET /-/ready: 503 until the first good discovery.
[[nodiscard]] Response AnswerReady(const Snapshot& snapshot);

}  // namespace ecsd::server
