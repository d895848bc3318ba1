#pragma once

#include "server/request.h"
#include "server/response.h"

namespace ecsd::server {

// What POST /-/refresh answers; the caller starts the refresh when the status is below 400. 403
// without --web.enable-lifecycle, as Prometheus does it, and for a form on somebody else's page.
[[nodiscard]] Response AnswerRefresh(const Request& request, bool enabled);

}  // namespace ecsd::server
