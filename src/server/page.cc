#include "server/page.h"

#include <fmt/core.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/assets.h"
#include "server/digest.h"
#include "server/html.h"
#include "server/identity.h"
#include "server/number_text.h"
#include "server/page_sections.h"
#include "server/response.h"
#include "server/routes.h"
#include "server/rows.h"
#include "server/search_form.h"
#include "server/time_text.h"
#include "server/verdict.h"

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

std::string TitleOf(const PageInput& input) {
  if (!input.snapshot.ready()) return "not ready";
  const auto stale = StaleClusters(input.snapshot);
  return stale > 0 ? WithSeparators(stale) + " stale"
                   : Counted(input.snapshot.target_count(), "target");
}

// `live` is renewed while the page is open, `rest` is not.
std::string SectionHtml(std::string_view id, std::string_view heading, std::string_view live,
                        std::string_view rest = {}) {
  return fmt::format(R"(<section aria-labelledby="{0}"><h2 id="{0}">{1}</h2>)"
                     R"(<div id="{0}-live" data-live>{2}</div>{3}</section>)",
                     id, heading, live, rest);
}

// The routes for programs, by addresses that are relative to the page.
std::string LinksHtml() {
  std::string html;
  for (const auto& route : Routes()) {
    if (route.link.empty()) continue;
    html += fmt::format(R"({}<a href="{}">{}</a>)", html.empty() ? "" : " ", route.path.substr(1),
                        route.link);
  }
  return html;
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

// The attributes are for the script: the times by the server's clock, and when what was read is too
// old.
std::string Page::Head(const PageInput& input) const {
  const std::string_view button =
      lifecycle_ ? R"(<form method="post" action="-/refresh"><button type="submit">Refresh now)"
                   R"(</button></form>)"
                 : "";
  const auto read = input.snapshot.refreshed.value_or(input.snapshot.started);
  const auto late_after =
      std::chrono::duration_cast<std::chrono::seconds>(kIntervalsUntilLate * identity_.interval);
  return fmt::format(
      R"(<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">)"
      R"(<meta name="viewport" content="width=device-width, initial-scale=1">)"
      R"(<meta name="color-scheme" content="light dark"><title>{0} &middot; ECS discovery)"
      R"(</title><link rel="icon" href="{1}"><style>{2}</style></head><body>)"
      R"(<a class="skip" href="#containers">Skip to the containers</a>)"
      R"(<header class="top"><div><h1>Prometheus ECS discovery</h1><p id="about" data-live>{3}</p>)"
      R"(</div>{4}</header><main id="main" data-now="{5}" data-read="{6}" data-late-after="{7}">)"
      R"(<p id="connection" role="status"></p>)",
      Escaped(TitleOf(input)), kIcon, kStyle, About(input), button, Rfc3339(input.now),
      Rfc3339(read), late_after.count());
}

// Whose targets these are.
std::string Page::About(const PageInput& input) const {
  const auto account = AccountOf(input);
  return fmt::format("{}{} &middot; version {}", Escaped(identity_.region),
                     account.empty() ? "" : " &middot; account " + Escaped(account),
                     Escaped(identity_.version));
}

std::string Page::Configuration() const {
  std::string html = R"(<h3>Flags</h3><dl class="settings">)";
  for (const auto& setting : identity_.configuration) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", Escaped(setting.name),
                        setting.value.empty() ? "&ndash;" : Escaped(setting.value));
  }
  return html + "</dl>";
}

Response Page::Answer(const PageInput& input) const {
  std::string html = Head(input);
  html += fmt::format(R"(<div id="summary" data-live>{}</div>)", SummaryHtml(input, identity_));
  html += SectionHtml("clusters", "Clusters", ClustersHtml(input, identity_));
  html += SectionHtml("events", "Recent events", EventsHtml(input));
  html += fmt::format(
      R"(<section aria-labelledby="containers"><h2 id="containers">Containers</h2>{})"
      R"(<p class="hidden" role="status" id="announcement"></p><div id="rows" data-live>{}</div></section>)",
      RenderSearch(input.snapshot, input.query), RenderRows(input.snapshot, input.query));
  html += SectionHtml("reasons", "Why containers are skipped", ReasonsHtml(input.snapshot));
  html += SectionHtml("calls", "AWS API calls", CallsHtml(input));
  html +=
      SectionHtml("configuration", "Configuration", AccountHtml(input, identity_), Configuration());
  html += fmt::format(
      R"(</main><footer><nav aria-label="For programs">{}</nav></footer><script>{}</script></body>)"
      R"(</html>)",
      LinksHtml(), kScript);
  return Html(std::move(html));
}

Response Page::AnswerRows(const PageInput& input) const {
  return Html(RenderRows(input.snapshot, input.query));
}

}  // namespace ecsd::server
