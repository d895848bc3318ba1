#pragma once

#include <string_view>

#include "sim/answer.h"
#include "sim/http_request.h"
#include "sim/service.h"

namespace ecsd::sim {

// Whether the path belongs to the control side, which needs no signature.
[[nodiscard]] bool IsControlPath(std::string_view path);

// GET /_sim/calls, /_sim/account, /_sim/keys; POST /_sim/faults, /_sim/stop-task,
// /_sim/remove-cluster, /_sim/add, /_sim/churn, /_sim/token, /_sim/expire, /_sim/reset. Answers
// JSON; what cannot be done is 400 or 404 with {"error": text} and changes nothing.
[[nodiscard]] Answer HandleControl(const HttpRequest& request, Service& service);

}  // namespace ecsd::sim
