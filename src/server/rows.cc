#include "server/rows.h"

#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "core/explain.h"
#include "core/prometheus_check.h"
#include "core/reason.h"
#include "core/target.h"
#include "server/html.h"
#include "server/list_query.h"
#include "server/snapshot.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

using Show = ListQuery::Show;

std::string FamilyOf(const core::Target& target) {
  return target.task_revision.empty() ? target.task_name
                                      : target.task_name + ':' + target.task_revision;
}

std::string Cell(std::string_view heading, std::string_view text) {
  return fmt::format(R"(<td data-th="{}">{}</td>)", heading,
                     text.empty() ? "&ndash;" : Escaped(text));
}

// A fact of explain; nothing when it is not known.
std::string FactHtml(std::string_view name, std::string_view text) {
  constexpr std::size_t kLongest = 400;
  if (text.empty()) return "";
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name,
                     Escaped(support::OneLine(text, kLongest)));
}

std::string LabelsHtml(const core::Target& target, const std::string& refused) {
  std::string html = "<dl>" + FactHtml("refused by Prometheus", refused);
  for (const auto& label : core::LabelsOf(target)) {
    html +=
        fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", Escaped(label.name), Escaped(label.value));
  }
  return html + "</dl>";
}

std::string RowHtml(const core::Target& target) {
  const auto refusal = core::WhyPrometheusRefuses(target);
  return fmt::format(
      R"(<tr><th scope="row"><details><summary><code>{}</code>{}</summary>{}</details></th>{}{}{}{}</tr>)",
      Escaped(target.address), refusal ? R"( <span class="dot warn">refused</span>)" : "",
      LabelsHtml(target, refusal ? refusal->why : std::string()),
      Cell("Container", target.container_name), Cell("Service", core::ServiceOf(target.task_group)),
      Cell("Definition", FamilyOf(target)), Cell("Cluster", core::ShortName(target.cluster_arn)));
}

std::string FactsHtml(const SkippedContainer& skipped) {
  const auto& facts = *skipped.facts;
  return "<dl>" + FactHtml("task", skipped.task) + FactHtml("why", skipped.detail) +
         FactHtml("network mode", facts.mode) + FactHtml("label", facts.label) +
         FactHtml("bindings", facts.bindings) + FactHtml("port mappings", facts.mappings) +
         FactHtml("change", facts.change) + "</dl>";
}

std::string RowHtml(const SkippedContainer& skipped) {
  const auto reason = core::ReasonName(skipped.reason);
  return fmt::format(R"(<tr><th scope="row"><details><summary>{}</summary>{}</details></th>)"
                     R"(<td data-th="Reason"><span class="tag">{}</span></td>{}{}{}</tr>)",
                     Escaped(skipped.container.empty() ? "(unnamed)" : skipped.container),
                     FactsHtml(skipped), reason, Cell("Service", skipped.service),
                     Cell("Definition", skipped.family), Cell("Cluster", skipped.cluster));
}

constexpr std::string_view kTargetHeads =
    R"(<th scope="col">Address and labels</th><th scope="col">Container</th>)"
    R"(<th scope="col">Service</th><th scope="col">Definition</th><th scope="col">Cluster</th>)";
constexpr std::string_view kSkippedHeads =
    R"(<th scope="col">Container and why</th><th scope="col">Reason</th>)"
    R"(<th scope="col">Service</th><th scope="col">Definition</th><th scope="col">Cluster</th>)";

std::string PageLink(ListQuery query, std::size_t page, std::string_view text) {
  query.page = page;
  return fmt::format(R"(<a href="{}#containers" data-page="{}">{}</a>)", Escaped(ToUrl(query)),
                     page, text);
}

template <typename Row>
std::string PagerHtml(const Found<Row>& found, const ListQuery& query) {
  if (found.pages <= 1) return "";
  std::string html = R"(<nav class="pager" aria-label="Pages of the list">)";
  if (found.page > 1) html += PageLink(query, found.page - 1, "&larr; Previous");
  html += fmt::format("<span>Page {} of {}</span>", found.page, found.pages);
  if (found.page < found.pages) html += PageLink(query, found.page + 1, "Next &rarr;");
  return html + "</nav>";
}

template <typename Row>
std::string ListHtml(const Found<Row>& found, const ListQuery& query, std::string_view what,
                     std::string_view heads) {
  std::string html = fmt::format(R"(<p class="count" id="count">{} {}</p>)", found.count, what);
  if (found.rows.empty()) {
    return html + R"(<p class="empty">Nothing matches. Use fewer words, or another filter.</p>)";
  }
  html +=
      fmt::format(R"(<div class="scroll"><table class="rows"><caption class="hidden">{}</caption>)"
                  R"(<thead><tr>{}</tr></thead><tbody>)",
                  what, heads);
  for (const auto& row : found.rows) html += RowHtml(row);
  return html + "</tbody></table></div>" + PagerHtml(found, query);
}

std::string OptionHtml(std::string_view value, std::string_view text, bool selected) {
  return fmt::format(R"(<option value="{}"{}>{}</option>)", Escaped(value),
                     selected ? " selected" : "", Escaped(text));
}

std::string TabHtml(const ListQuery& query, Show show, std::string_view text, std::size_t count) {
  ListQuery other{.show = show, .text = query.text, .cluster = query.cluster};
  return fmt::format(R"(<a href="{}#containers"{}>{} <span class="number">{}</span></a>)",
                     Escaped(ToUrl(other)), query.show == show ? R"( aria-current="page")" : "",
                     text, count);
}

std::string ReasonsHtml(const Snapshot& snapshot, const ListQuery& query) {
  if (query.show != Show::kSkipped) return "";
  std::string html =
      R"(<label>Reason <select name="reason">)" + OptionHtml("", "All", !query.reason);
  for (std::size_t i = 0; i < core::kReasonCount; ++i) {
    const auto reason = static_cast<core::Reason>(i);
    const bool selected = query.reason == reason;
    if (snapshot.reasons.at(i) == 0 && !selected) continue;
    html += OptionHtml(core::ReasonName(reason),
                       fmt::format("{} ({})", core::ReasonName(reason), snapshot.reasons.at(i)),
                       selected);
  }
  return html + R"(</select></label><input type="hidden" name="show" value="skipped">)";
}

}  // namespace

std::string RenderRows(const Snapshot& snapshot, const ListQuery& query) {
  if (query.show == Show::kTargets) {
    return ListHtml(FindTargets(snapshot, query), query, "targets", kTargetHeads);
  }
  return ListHtml(FindSkipped(snapshot, query), query, "containers that are no targets",
                  kSkippedHeads);
}

std::string RenderSearch(const Snapshot& snapshot, const ListQuery& query) {
  std::string html = R"(<nav class="tabs" id="tabs" data-live aria-label="Which containers">)";
  html += TabHtml(query, Show::kTargets, "Targets", snapshot.target_count());
  html += TabHtml(query, Show::kSkipped, "Not targets", snapshot.skipped_count()) + "</nav>";
  html += fmt::format(
      R"(<form id="search" role="search" method="get" action="#containers"><label class="wide">Search )"
      R"(<input type="search" name="q" value="{}" maxlength="200" autocomplete="off" )"
      R"(placeholder="address, service, container, label"></label>)",
      Escaped(query.text));
  html +=
      R"(<label>Cluster <select name="cluster">)" + OptionHtml("", "All", query.cluster.empty());
  for (const auto& cluster : snapshot.clusters) {
    html += OptionHtml(cluster.name, cluster.name, cluster.name == query.cluster);
  }
  html += "</select></label>" + ReasonsHtml(snapshot, query);
  return html + R"(<button type="submit">Search</button></form>)";
}

}  // namespace ecsd::server
