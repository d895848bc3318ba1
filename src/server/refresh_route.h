#pragma once

#include "server/request.h"
#include "server/response.h"

namespace ecsd::server {

// What POST /-/refresh answers where --web.enable-lifecycle allows it; the caller starts the
// refresh when the status is below 400. 403 for a form on somebody else's page.
[[nodiscard]] Response AnswerRefresh(const Request& request);

}  // namespace ecsd::server
