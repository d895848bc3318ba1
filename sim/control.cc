#include "sim/control.h"

#include <fmt/core.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/iso_time.h"
#include "sim/json.h"
#include "sim/key_ring.h"
#include "sim/load_account.h"
#include "sim/service.h"
#include "sim/sigv4_verifier.h"
#include "support/secret.h"

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

Answer SetToken(const Json& input, Service& service) {
  const auto set =
      service.tokens().Set(TextOf(input, "kind"), support::Secret(TextOf(input, "token")));
  return set ? Reply(200, "{}") : Refuse(400, set.error().message);
}

Answer ExpireKey(const Json& input, Service& service) {
  const std::string id = TextOf(input, "key");
  if (service.ExpireKey(id)) return Reply(200, "{}");
  return Refuse(404, fmt::format("no key \"{}\"", id));
}

// Every accepted key with its secrets: whose it is, and until when.
Answer ListKeys(Service& service) {
  Json out = Json::object();
  for (const AccessKey& key : service.keys().All()) {
    out[key.id] = {{"arn", key.principal_arn},
                   {"secret", key.secret.Reveal()},
                   {"token", key.token.Reveal()},
                   {"expiration", key.expiration ? Json(IsoTime(*key.expiration)) : Json()}};
  }
  return Reply(200, Dump(out));
}

Answer StopTask(const Json& input, Service& service) {
  const std::string arn = TextOf(input, "task");
  const Json* missing = Member(input, "missing");
  const auto changing = service.account().Changing();
  const bool forget = missing != nullptr && *missing == true;
  const bool done = forget ? service.account().ForgetTask(arn) : service.account().StopTask(arn);
  return done ? Reply(200, "{}") : Refuse(404, fmt::format("no task \"{}\"", arn));
}

Answer ReplaceTasks(const Json& input, Service& service) {
  const Json* count = Member(input, "tasks");
  if (count == nullptr || !count->is_number_unsigned()) {
    return Refuse(400, "`tasks` must be a number");
  }
  service.churn().Replace(count->get<std::size_t>());
  return Reply(200, "{}");
}

Answer RemoveCluster(const Json& input, Service& service) {
  const std::string name = TextOf(input, "cluster");
  const auto reading = service.account().Reading();
  if (service.account().RemoveCluster(name)) return Reply(200, "{}");
  return Refuse(404, fmt::format("no cluster \"{}\"", name));
}

Answer Extend(const std::string& body, Service& service) {
  const auto done = ExtendAccount(body, service.account());
  return done ? Reply(200, "{}") : Refuse(400, done.error().message);
}

Answer ShowAccount(Service& service) {
  const auto reading = service.account().Reading();
  return Reply(200, service.account().ToDocument());
}

using Change = Answer (*)(const Json& input, Service& service);

// The call that takes a small JSON object; null: there is none of that name.
Change FindChange(std::string_view call) {
  if (call == "POST /_sim/faults") return &SetFaults;
  if (call == "POST /_sim/stop-task") return &StopTask;
  if (call == "POST /_sim/token") return &SetToken;
  if (call == "POST /_sim/expire") return &ExpireKey;
  if (call == "POST /_sim/churn") return &ReplaceTasks;
  return call == "POST /_sim/remove-cluster" ? &RemoveCluster : nullptr;
}

}  // namespace

bool IsControlPath(std::string_view path) {
  return path.starts_with("/_sim/");
}

Answer HandleControl(const HttpRequest& request, Service& service) {
  const std::string call = request.method + " " + request.path;
  if (call == "GET /_sim/calls") return Reply(200, Dump(Json(service.calls().Read())));
  if (call == "GET /_sim/account") return ShowAccount(service);
  if (call == "GET /_sim/keys") return ListKeys(service);
  if (call == "POST /_sim/add") return Extend(request.body, service);
  if (call == "POST /_sim/reset") {
    service.calls().Reset();
    return Reply(200, "{}");
  }
  const Change change = FindChange(call);
  if (change == nullptr) return Refuse(404, fmt::format("no such control call: {}", call));
  const std::optional<Json> input = ParseJson(request.body);
  return input ? change(*input, service) : Refuse(400, "the body is no JSON");
}

}  // namespace ecsd::sim
