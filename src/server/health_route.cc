#include "server/health_route.h"

#include <fmt/core.h>

#include <chrono>

#include "server/response.h"
#include "server/snapshot.h"
#include "support/clock.h"

namespace ecsd::server {

Response AnswerHealthy(const Snapshot& snapshot, support::SteadyTime now,
                       std::chrono::nanoseconds limit) {
  const auto past = now - snapshot.last_success;
  if (limit.count() <= 0 || past <= limit) return TextResponse(200, "healthy");
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(past);
  return TextResponse(503, fmt::format("no cluster could be read for {} s", age.count()));
}

Response AnswerReady(const Snapshot& snapshot) {
  return snapshot.ready() ? TextResponse(200, "ready") : TextResponse(503, "no good discovery yet");
}

}  // namespace ecsd::server
