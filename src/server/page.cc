#include "server/page.h"

#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/assets.h"
#include "server/digest.h"
#include "server/html.h"
#include "server/identity.h"
#include "server/page_sections.h"
#include "server/response.h"
#include "server/rows.h"
#include "server/snapshot.h"

namespace ecsd::server {
namespace {

// The icon is a data URL, so that no request for one is made.
constexpr std::string_view kIcon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle "
    "cx='8' cy='8' r='7' fill='none' stroke='%23d9480f' stroke-width='2'/%3E%3Ccircle cx='8' "
    "cy='8' r='3' fill='%23d9480f'/%3E%3C/svg%3E";

std::string PolicyText() {
  return fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; "
      "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      Base64Digest(kStyle), Base64Digest(kScript));
}

}  // namespace

Page::Page(Identity identity, bool lifecycle)
    : identity_(std::move(identity)), lifecycle_(lifecycle), policy_(PolicyText()) {}

Response Page::Html(std::string html) const {
  return {.status = 200,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy", policy_},
                      {"Cache-Control", "no-store"}},
          .body = std::make_shared<const std::string>(std::move(html))};
}

std::string Page::Head(const Snapshot& snapshot) const {
  const std::string_view button =
      lifecycle_ ? R"(<form method="post" action="-/refresh"><button type="submit">Refresh now)"
                   R"(</button></form>)"
                 : "";
  return fmt::format(
      R"(<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">)"
      R"(<meta name="viewport" content="width=device-width, initial-scale=1">)"
      R"(<meta name="color-scheme" content="light dark"><title>{0} targets &middot; ECS discovery)"
      R"(</title><link rel="icon" href="{1}"><style>{2}</style></head><body>)"
      R"(<a class="skip" href="#containers">Skip to the containers</a>)"
      R"(<header class="top"><div><h1>Prometheus ECS discovery</h1><p>{3} &middot; version {4}</p>)"
      R"(</div>{5}</header><main>)",
      snapshot.target_count(), kIcon, kStyle, Escaped(identity_.region), Escaped(identity_.version),
      button);
}

std::string Page::Configuration() const {
  std::string html =
      R"(<section aria-labelledby="configuration"><h2 id="configuration">Configuration</h2>)"
      R"(<dl class="settings">)";
  for (const auto& setting : identity_.configuration) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", Escaped(setting.name),
                        setting.value.empty() ? "&ndash;" : Escaped(setting.value));
  }
  return html + "</dl></section>";
}

Response Page::Answer(const PageInput& input) const {
  std::string html = Head(input.snapshot);
  html += fmt::format(R"(<div id="summary" data-live>{}</div>)", SummaryHtml(input));
  html += fmt::format(R"(<section aria-labelledby="clusters"><h2 id="clusters">Clusters</h2>)"
                      R"(<div id="cluster-list" data-live>{}</div></section>)",
                      ClustersHtml(input));
  html += fmt::format(
      R"(<section aria-labelledby="containers"><h2 id="containers">Containers</h2>{})"
      R"(<p class="hidden" role="status" id="announcement"></p><div id="rows" data-live>{}</div></section>)",
      RenderSearch(input.snapshot, input.query), RenderRows(input.snapshot, input.query));
  html += fmt::format(
      R"(<section aria-labelledby="reasons"><h2 id="reasons">Why containers are no targets</h2>)"
      R"(<div id="reason-list" data-live>{}</div></section>)",
      ReasonsHtml(input.snapshot));
  html += fmt::format(R"(<section aria-labelledby="calls"><h2 id="calls">AWS API calls</h2>)"
                      R"(<div id="call-list" data-live>{}</div></section>)",
                      CallsHtml(input));
  html += fmt::format(R"(<section aria-labelledby="events"><h2 id="events">Recent events</h2>)"
                      R"(<div id="event-list" data-live>{}</div></section>)",
                      EventsHtml(input));
  html += Configuration();
  html += fmt::format(
      R"(</main><footer><nav aria-label="For programs"><a href="sd">Targets for Prometheus</a> )"
      R"(<a href="metrics">Metrics</a> <a href="-/healthy">Health</a> <a href="-/ready">Readiness)"
      R"(</a></nav></footer><script>{}</script></body></html>)",
      kScript);
  return Html(std::move(html));
}

Response Page::AnswerRows(const PageInput& input) const {
  return Html(RenderRows(input.snapshot, input.query));
}

}  // namespace ecsd::server
