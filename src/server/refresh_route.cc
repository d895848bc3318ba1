#include "server/refresh_route.h"

#include <string>

#include "server/host_name.h"
#include "server/request.h"
#include "server/response.h"

namespace ecsd::server {
namespace {

// A page of another site made the browser send this. Browsers send Origin with every POST, over
// plain HTTP too, where they leave Sec-Fetch-Site out; other programs send neither.
bool IsOfAnotherSite(const Request& request) {
  if (request.fetch_site == "cross-site" || request.fetch_site == "same-site") return true;
  return !request.origin.empty() && !IsOriginOf(request.origin, request.host);
}

}  // namespace

Response AnswerRefresh(const Request& request) {
  if (IsOfAnotherSite(request)) {
    return TextResponse(403,
                        "a refresh cannot be asked for by another site; a proxy in front must pass "
                        "the Host header on");
  }
  // A person who pressed the button goes back to the page.
  if (request.accept.find("text/html") != std::string::npos) {
    return {.status = 303, .headers = {{"Location", "../"}}, .body = nullptr};
  }
  return TextResponse(202, "a refresh is asked for");
}

}  // namespace ecsd::server
