#pragma once

#include "server/request.h"
#include "server/response.h"
#include "server/snapshot.h"

namespace ecsd::server {

// GET /sd: every target as Prometheus' http_sd_configs wants them. 503 until the first good
// discovery, so that a restart takes nothing from a Prometheus that has a list.
[[nodiscard]] Response AnswerTargets(const Snapshot& snapshot, const Request& request);

}  // namespace ecsd::server
