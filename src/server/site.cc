#include "server/site.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/health_route.h"
#include "server/list_query.h"
#include "server/login.h"
#include "server/metrics.h"
#include "server/page.h"
#include "server/process_figures.h"
#include "server/refresh_route.h"
#include "server/request.h"
#include "server/response.h"
#include "server/sd_route.h"
#include "server/suspend.h"
#include "server/web_config.h"

namespace ecsd::server {
namespace {

constexpr std::array<std::string_view, 6> kReadPaths = {"/",        "/rows",      "/sd",
                                                        "/metrics", "/-/healthy", "/-/ready"};

Response NotAllowed(std::string_view methods) {
  auto response = TextResponse(405, "this method is not allowed here");
  response.headers.push_back({"Allow", std::string(methods)});
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
  if (config->users.empty()) return Finish(Route(request), *config);
  const auto login = ReadBasicLogin(request.authorization);
  const auto outcome =
      login ? logins_.Check(config->users, *login, request.client, suspend) : LoginOutcome::kBad;
  switch (outcome) {
    case LoginOutcome::kGood:
      return Finish(Route(request), *config);
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

Response Site::Route(const Request& request) {
  if (request.path == "/-/refresh") {
    if (request.method != "POST" && request.method != "PUT") return NotAllowed("POST, PUT");
    auto response = AnswerRefresh(request, settings_.lifecycle);
    if (response.status < 400) settings_.refresh();
    return response;
  }
  if (std::ranges::find(kReadPaths, request.path) == kReadPaths.end()) {
    return TextResponse(404, "not found");
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  return reads ? Read(request) : NotAllowed("GET, HEAD");
}

Response Site::Read(const Request& request) {
  const auto snapshot = settings_.board.Current();
  const auto& path = request.path;
  if (path == "/sd") return AnswerTargets(*snapshot, request);
  if (path == "/metrics") return Metrics(*snapshot);
  if (path == "/-/healthy") {
    return AnswerHealthy(*snapshot, settings_.clock.Steady(), settings_.unhealthy_after);
  }
  if (path == "/-/ready") return AnswerReady(*snapshot);
  const auto figures = settings_.figures();
  const PageInput input{.snapshot = *snapshot,
                        .live = figures,
                        .now = settings_.clock.Now(),
                        .query = ReadListQuery(request.query)};
  return path == "/" ? page_.Answer(input) : page_.AnswerRows(input);
}

Response Site::Metrics(const Snapshot& snapshot) const {
  const auto live = settings_.figures();
  const auto process = ReadProcess();
  MetricsInput input{.snapshot = snapshot,
                     .live = live,
                     .process = process,
                     .identity = settings_.identity,
                     .http_answers = {}};
  for (std::size_t i = 0; i < answers_.size(); ++i) input.http_answers.at(i) = answers_.at(i);
  return {.status = 200,
          .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
          .body = std::make_shared<const std::string>(RenderMetrics(input))};
}

}  // namespace ecsd::server
