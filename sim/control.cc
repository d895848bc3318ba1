#include "sim/control.h"

#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/json.h"
#include "sim/service.h"

namespace ecsd::sim {
namespace {

Answer Reply(unsigned int status, std::string body) {
  return {.status = status,
          .content_type = "application/json",
          .body = std::move(body),
          .request_id = {},
          .delivery = Delivery::kWhole};
}

Answer Refuse(unsigned int status, std::string_view reason) {
  return Reply(status, Dump({{"error", reason}}));
}

Answer SetFaults(const Json& input, Service& service) {
  std::vector<Fault> faults;
  const Json* list = Member(input, "faults");
  if (list == nullptr || !list->is_array()) return Refuse(400, "`faults` must be a list");
  for (const Json& text : *list) {
    auto fault = ParseFault(text.is_string() ? text.get<std::string>() : Dump(text));
    if (!fault) return Refuse(400, fault.error().message);
    faults.push_back(*std::move(fault));
  }
  service.faults().Replace(std::move(faults));
  return Reply(200, "{}");
}

Answer StopTask(const Json& input, Service& service) {
  const std::string arn = TextOf(input, "task");
  if (!service.account().StopTask(arn)) return Refuse(404, fmt::format("no task \"{}\"", arn));
  return Reply(200, "{}");
}

}  // namespace

bool IsControlPath(std::string_view path) {
  return path.starts_with("/_sim/");
}

Answer HandleControl(const HttpRequest& request, Service& service) {
  const std::string call = request.method + " " + request.path;
  if (call == "GET /_sim/calls") return Reply(200, Dump(Json(service.Calls())));
  if (call == "GET /_sim/account") return Reply(200, service.account().ToDocument());
  if (call == "POST /_sim/reset") {
    service.ResetCalls();
    return Reply(200, "{}");
  }
  const bool known = call == "POST /_sim/faults" || call == "POST /_sim/stop-task";
  if (!known) return Refuse(404, fmt::format("no such control call: {}", call));
  const std::optional<Json> input = ParseJson(request.body);
  if (!input) return Refuse(400, "the body is no JSON");
  return call == "POST /_sim/faults" ? SetFaults(*input, service) : StopTask(*input, service);
}

}  // namespace ecsd::sim
