#include "server/site.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "server/login.h"
#include "server/page.h"
#include "server/request.h"
#include "server/response.h"
#include "server/routes.h"
#include "server/suspend.h"
#include "server/web_config.h"

namespace ecsd::server {
namespace {

Response NotAllowed(const Route& route) {
  auto response = TextResponse(405, "this method is not allowed here");
  response.headers.push_back({"Allow", MethodsOf(route)});
  return response;
}

Response Unauthorized() {
  auto response = TextResponse(401, "unauthorized");
  response.headers.push_back({"WWW-Authenticate", "Basic realm=\"prometheus-ecs-discovery\""});
  return response;
}

// What is set by the file wins over what a route has set.
void SetHeader(const Header& header, Response& response) {
  for (auto& present : response.headers) {
    if (present.name != header.name) continue;
    present.value = header.value;
    return;
  }
  response.headers.push_back(header);
}

}  // namespace

Site::Site(SiteSettings settings)
    : settings_(std::move(settings)), page_(settings_.identity, settings_.lifecycle) {}

std::optional<Response> Site::Answer(const Request& request, const Suspend& suspend) {
  const auto config = settings_.config.Current();
  if (!settings_.hosts.Admits(request.host)) {
    return Finish(TextResponse(421, "this host is not one of --web.allowed-hosts"), *config);
  }
  if (config->users.empty()) return Finish(AnswerPath(request), *config);
  const auto login = ReadBasicLogin(request.authorization);
  const auto outcome =
      login ? logins_.Check(config->users, *login, request.client, suspend) : LoginOutcome::kBad;
  switch (outcome) {
    case LoginOutcome::kGood:
      return Finish(AnswerPath(request), *config);
    case LoginOutcome::kBad:
      return Finish(Unauthorized(), *config);
    case LoginOutcome::kEnding:
      return Finish(TextResponse(503, "the program ends"), *config);
    case LoginOutcome::kLater:
      break;
  }
  return std::nullopt;
}

Response Site::Finish(Response response, const WebConfig& config) {
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  // With no-referrer browsers send "Origin: null" for the button of our own page.
  response.headers.push_back({"Referrer-Policy", "same-origin"});
  for (const auto& header : config.headers) SetHeader(header, response);
  const auto status_class = response.status / 100;
  if (status_class >= 2 && status_class < 2 + answers_.size()) ++answers_.at(status_class - 2);
  return response;
}

Response Site::AnswerPath(const Request& request) {
  const auto* route = FindRoute(request.path);
  if (route == nullptr) return AnswerUnknownPath();
  if (std::ranges::find(route->methods, request.method) == route->methods.end()) {
    return NotAllowed(*route);
  }
  if (!route->needs_lifecycle.empty() && !settings_.lifecycle) {
    return TextResponse(403, fmt::format("{} is not enabled; start with --web.enable-lifecycle",
                                         route->needs_lifecycle));
  }
  const auto snapshot = settings_.board.Current();
  RouteInput input{.request = request, .settings = settings_, .snapshot = *snapshot, .page = page_};
  std::ranges::copy(answers_, input.answers.begin());
  return route->answer(input);
}

}  // namespace ecsd::server
