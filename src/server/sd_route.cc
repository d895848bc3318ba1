#include "server/sd_route.h"

#include "server/document.h"
#include "server/request.h"
#include "server/response.h"
#include "server/snapshot.h"

namespace ecsd::server {

Response AnswerTargets(const Snapshot& snapshot, const Request& request) {
  if (snapshot.ready()) return snapshot.targets_document->Serve(request);
  auto response = TextResponse(503, "no good discovery yet; try again");
  response.headers.push_back({"Retry-After", "5"});
  return response;
}

}  // namespace ecsd::server
