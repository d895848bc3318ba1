#include "server/routes.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/health_route.h"
#include "server/list_query.h"
#include "server/metrics.h"
#include "server/page.h"
#include "server/process_figures.h"
#include "server/refresh_route.h"
#include "server/response.h"
#include "server/sd_route.h"
#include "server/site.h"

namespace ecsd::server {
namespace {

constexpr std::array<std::string_view, 2> kRead = {"GET", "HEAD"};
constexpr std::array<std::string_view, 2> kChange = {"POST", "PUT"};

Response Targets(const RouteInput& input) {
  return AnswerTargets(input.snapshot, input.request);
}

Response Metrics(const RouteInput& input) {
  const auto live = input.settings.figures();
  const auto process = ReadProcess();
  return {.status = 200,
          .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
          .body = std::make_shared<const std::string>(
              RenderMetrics({.snapshot = input.snapshot,
                             .live = live,
                             .process = process,
                             .identity = input.settings.identity,
                             .http_answers = input.answers}))};
}

Response Healthy(const RouteInput& input) {
  const auto& settings = input.settings;
  return AnswerHealthy(input.snapshot, settings.clock.Steady(), settings.unhealthy_after);
}

Response Ready(const RouteInput& input) {
  return AnswerReady(input.snapshot);
}

Response Refresh(const RouteInput& input) {
  auto response = AnswerRefresh(input.request);
  if (response.status < 400) input.settings.refresh();
  return response;
}

// Calls `answer` of the page with what is shown.
template <typename Answer>
Response OfPage(const RouteInput& input, const Answer& answer) {
  const auto figures = input.settings.figures();
  return answer(PageInput{.snapshot = input.snapshot,
                          .live = figures,
                          .now = input.settings.clock.Now(),
                          .query = ReadListQuery(input.request.query)});
}

Response WholePage(const RouteInput& input) {
  return OfPage(input, [&](const PageInput& shown) { return input.page.Answer(shown); });
}

Response Rows(const RouteInput& input) {
  return OfPage(input, [&](const PageInput& shown) { return input.page.AnswerRows(shown); });
}

constexpr std::array kRoutes = {
    Route{.path = "/sd",
          .methods = kRead,
          .needs_lifecycle = {},
          .link = "Targets for Prometheus",
          .description = "every target, for http_sd_configs",
          .answer = &Targets},
    Route{.path = "/metrics",
          .methods = kRead,
          .needs_lifecycle = {},
          .link = "Metrics",
          .description = "metrics of this program",
          .answer = &Metrics},
    Route{.path = "/-/healthy",
          .methods = kRead,
          .needs_lifecycle = {},
          .link = "Health",
          .description = "200 while clusters can be read, else 503",
          .answer = &Healthy},
    Route{.path = "/-/ready",
          .methods = kRead,
          .needs_lifecycle = {},
          .link = "Readiness",
          .description = "200 from the first good discovery on, 503 before",
          .answer = &Ready},
    Route{.path = "/-/refresh",
          .methods = kChange,
          .needs_lifecycle = "refreshing by POST",
          .link = {},
          .description = "refreshes now; needs --web.enable-lifecycle",
          .answer = &Refresh},
    Route{.path = "/",
          .methods = kRead,
          .needs_lifecycle = {},
          .link = {},
          .description = "a page for people",
          .answer = &WholePage},
    Route{.path = "/rows",
          .methods = kRead,
          .needs_lifecycle = {},
          .link = {},
          .description = "the list of that page, for its script",
          .answer = &Rows},
};

}  // namespace

std::span<const Route> Routes() {
  return kRoutes;
}

const Route* FindRoute(std::string_view path) {
  const auto* found = std::ranges::find(kRoutes, path, &Route::path);
  return found == kRoutes.end() ? nullptr : found;
}

std::string MethodsOf(const Route& route) {
  return fmt::format("{}, {}", route.methods[0], route.methods[1]);
}

Response AnswerUnknownPath() {
  std::string text = "not found; available paths:";
  for (const auto& route : kRoutes) {
    text += fmt::format("\n{} {}: {}", route.methods[0], route.path, route.description);
  }
  return TextResponse(404, std::move(text));
}

}  // namespace ecsd::server
