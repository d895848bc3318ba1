#include "server/refresh_route.h"

#include <string>

#include "server/request.h"
#include "server/response.h"

namespace ecsd::server {

Response AnswerRefresh(const Request& request, bool enabled) {
  if (!enabled) {
    return TextResponse(403,
                        "refreshing by POST is not enabled; start with --web.enable-lifecycle");
  }
  if (request.fetch_site == "cross-site" || request.fetch_site == "same-site") {
    return TextResponse(403, "a refresh cannot be asked for by another site");
  }
  // A person who pressed the button goes back to the page.
  if (request.accept.find("text/html") != std::string::npos) {
    return {.status = 303, .headers = {{"Location", "../"}}, .body = nullptr};
  }
  return TextResponse(202, "a refresh is asked for");
}

}  // namespace ecsd::server
