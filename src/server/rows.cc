#include "server/rows.h"

#include <fmt/core.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/explain.h"
#include "core/prometheus_check.h"
#include "core/reason.h"
#include "core/target.h"
#include "server/containers.h"
#include "server/html.h"
#include "server/list_query.h"
#include "server/list_search.h"
#include "server/number_text.h"
#include "server/snapshot.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

using Show = ListQuery::Show;
using Sort = ListQuery::Sort;

// Ids of tasks have 32 digits; this many tell those of one service apart. The rest is in the row
// when it is opened, and found by the search.
constexpr std::size_t kDigitsOfTask = 8;

std::string FamilyOf(const core::Target& target) {
  auto text = std::string(target.labels.Get(core::kTaskNameLabel));
  const auto revision = target.labels.Get(core::kTaskRevisionLabel);
  if (!revision.empty()) (text += ':') += revision;
  return text;
}

struct Column {
  std::string_view heading;
  std::string text;
};

// What a row shows beside its first column; what its group says is left out.
std::vector<Column> ColumnsOf(const core::Target& target, Sort sort) {
  const bool by_service = sort == Sort::kService || sort == Sort::kLargest;
  std::vector<Column> columns;
  if (sort != Sort::kContainer) {
    columns.push_back({"Container", std::string(target.labels.Get(core::kContainerNameLabel))});
  }
  if (!by_service) {
    columns.push_back(
        {"Service", std::string(core::ServiceOf(target.labels.Get(core::kTaskGroupLabel)))});
  }
  if (sort != Sort::kDefinition) columns.push_back({"Definition", FamilyOf(target)});
  if (!by_service && sort != Sort::kCluster) {
    columns.push_back({"Cluster", core::ShortName(target.labels.Get(core::kClusterArnLabel))});
  }
  return columns;
}

std::vector<Column> ColumnsOf(const SkippedContainer& skipped, Sort sort) {
  const bool by_service = sort == Sort::kService || sort == Sort::kLargest;
  std::vector<Column> columns;
  if (!by_service) columns.push_back({"Service", skipped.service});
  if (sort != Sort::kDefinition) columns.push_back({"Definition", skipped.family});
  if (!by_service && sort != Sort::kCluster) columns.push_back({"Cluster", skipped.cluster});
  return columns;
}

std::string CellHtml(const Column& column) {
  const auto text = Escaped(column.text);
  return text.empty()
             ? fmt::format(R"(<td data-th="{}">&ndash;</td>)", column.heading)
             : fmt::format(R"(<td data-th="{0}" title="{1}">{1}</td>)", column.heading, text);
}

std::string TaskCell(std::string_view task) {
  if (task.empty()) return CellHtml({"Task", ""});
  return fmt::format(R"(<td data-th="Task" title="{}"><code>{}</code></td>)", Escaped(task),
                     Escaped(task.substr(0, kDigitsOfTask)));
}

template <typename Row>
std::string CellsHtml(const Row& row, Sort sort) {
  std::string html;
  for (const auto& column : ColumnsOf(row, sort)) html += CellHtml(column);
  return html;
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
  for (const auto& label : target.labels) {
    html +=
        fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", Escaped(label.name), Escaped(label.value));
  }
  return html + "</dl>";
}

// A row's key is what the script knows it by when it has been fetched again.
std::string RowHtml(const core::Target& target, const Containers& /*all*/, Sort sort) {
  const auto refusal = core::WhyPrometheusRefuses(target);
  return fmt::format(
      R"(<tr><th scope="row"><details data-key="{}"><summary><code>{}</code>{}</summary>{}</details></th>{}{}</tr>)",
      Escaped(target.labels.Get(core::kContainerArnLabel)), Escaped(target.address),
      refusal ? R"( <span class="dot warn">refused</span>)" : "",
      LabelsHtml(target, refusal ? refusal->why : std::string()), CellsHtml(target, sort),
      TaskCell(core::ShortName(target.labels.Get(core::kTaskArnLabel))));
}

std::string FactsHtml(const SkippedContainer& skipped, const SkipFacts& facts) {
  return "<dl>" + FactHtml("task", skipped.task) + FactHtml("why", skipped.detail) +
         FactHtml("service", skipped.service) + FactHtml("definition", skipped.family) +
         FactHtml("cluster", skipped.cluster) + FactHtml("network mode", facts.mode) +
         FactHtml("label", facts.label) + FactHtml("bindings", facts.bindings) +
         FactHtml("port mappings", facts.mappings) + FactHtml("change", facts.change) + "</dl>";
}

std::string RowHtml(const SkippedContainer& skipped, const Containers& all, Sort sort) {
  const auto name = skipped.container.empty() ? "(unnamed)" : Escaped(skipped.container);
  const auto* const tone = core::NeedsAction(skipped.reason) ? "tag warn" : "tag";
  return fmt::format(
      R"(<tr><th scope="row"><details data-key="{} {}"><summary>{}</summary>{}</details></th>)"
      R"(<td data-th="Reason"><span class="{}">{}</span></td>{}{}</tr>)",
      Escaped(skipped.task), name, name, FactsHtml(skipped, all.FactsOf(skipped)), tone,
      core::ReasonName(skipped.reason), CellsHtml(skipped, sort), TaskCell(skipped.task));
}

// The words of one of the two lists.
struct ListWords {
  std::string_view row;    // "target"
  std::string_view first;  // heading of the first column
  std::string_view second;
};

constexpr ListWords WordsFor(Show show) {
  return show == Show::kTargets
             ? ListWords{.row = "target", .first = "Address and labels"}
             : ListWords{
                   .row = "skipped container", .first = "Container and why", .second = "Reason"};
}

template <typename Row>
std::string HeadsHtml(const ListQuery& query) {
  const auto words = WordsFor(query.show);
  const auto head = [](std::string_view text) {
    return fmt::format(R"(<th scope="col">{}</th>)", text);
  };
  auto html = head(words.first);
  if (!words.second.empty()) html += head(words.second);
  for (const auto& column : ColumnsOf(Row(), query.sort)) html += head(column.heading);
  return html + R"(<th scope="col" class="task">Task</th>)";
}

std::string NameOfGroup(const RowGroup& group, Sort sort) {
  if (!group.name.empty()) return Escaped(group.name);
  const bool by_service = sort == Sort::kService || sort == Sort::kLargest;
  return by_service ? "no service" : "not known";
}

template <typename Row>
std::size_t CountColumns(const ListQuery& query) {
  constexpr std::size_t kFirstAndTask = 2;
  return kFirstAndTask + (WordsFor(query.show).second.empty() ? 0 : 1) +
         ColumnsOf(Row(), query.sort).size();
}

std::string GroupHtml(const RowGroup& group, const ListQuery& query, std::size_t columns) {
  auto facts = group.cluster.empty() ? std::string() : Escaped(group.cluster) + " &middot; ";
  facts += fmt::format("{} &middot; {}{}", Counted(group.tasks, "task"),
                       Counted(group.rows, WordsFor(query.show).row),
                       group.continued ? " &middot; continued" : "");
  return fmt::format(
      R"(<tr class="group"><th scope="rowgroup" colspan="{}">{} <span class="soft">&middot; {}</span></th></tr>)",
      columns, NameOfGroup(group, query.sort), facts);
}

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
  html += fmt::format("<span>Page {} of {}</span>", WithSeparators(found.page),
                      WithSeparators(found.pages));
  if (found.page < found.pages) html += PageLink(query, found.page + 1, "Next &rarr;");
  return html + "</nav>";
}

// "0 targets match", or "9,110 targets" when nothing is searched for.
std::string CountText(std::size_t count, const ListQuery& query) {
  auto text = Counted(count, WordsFor(query.show).row);
  const bool filters = query.searches() || query.reason || query.needs_action;
  if (filters) text += count == 1 ? " matches" : " match";
  return text;
}

// How many there are under the other tab, with a link to them.
std::string OtherHtml(const Snapshot& snapshot, const ListQuery& query) {
  const auto other = query.Other();
  const auto count = CountFound(snapshot, other);
  auto text = CountText(count, other);
  if (count == 0) return text;
  return fmt::format(R"(<a href="{}#containers">{} &rarr;</a>)", Escaped(ToUrl(other)), text);
}

template <typename Row>
std::string TableHtml(const Found<Row>& found, const Containers& all, const ListQuery& query) {
  std::string html = fmt::format(
      R"(<div class="scroll"><table class="rows"><caption class="hidden">{}s by {}</caption>)"
      R"(<thead><tr>{}</tr></thead>)",
      WordsFor(query.show).row, NameOf(query.sort), HeadsHtml<Row>(query));
  const auto columns = CountColumns<Row>(query);
  std::span<const Row> rows = found.rows;
  for (const auto& group : found.groups) {
    html += "<tbody>" + GroupHtml(group, query, columns);
    for (const auto& row : rows.first(group.rows_of_page)) html += RowHtml(row, all, query.sort);
    rows = rows.subspan(group.rows_of_page);
    html += "</tbody>";
  }
  return html + "</table></div>";
}

template <typename Row>
std::string ListHtml(const Snapshot& snapshot, const Found<Row>& found, const ListQuery& query) {
  if (!snapshot.ready()) return R"(<p class="count" id="count">Nothing has been read yet.</p>)";
  auto html = fmt::format(R"(<p class="count" id="count">{} &middot; {}</p>)",
                          CountText(found.count, query), OtherHtml(snapshot, query));
  if (!found.rows.empty()) {
    return html + TableHtml(found, *snapshot.containers, query) + PagerHtml(found, query);
  }
  if (!query.searches()) return html + R"(<p class="empty">There is none.</p>)";
  if (CountFound(snapshot, query.Other()) > 0) {
    return html + R"(<p class="empty">Nothing matches here, but under the other tab.</p>)";
  }
  return html + R"(<p class="empty">Nothing matches. Use fewer words, or another filter.</p>)";
}

}  // namespace

std::string RenderRows(const Snapshot& snapshot, const ListQuery& query) {
  if (query.show == Show::kTargets) {
    return ListHtml(snapshot, FindTargets(snapshot, query), query);
  }
  return ListHtml(snapshot, FindSkipped(snapshot, query), query);
}

}  // namespace ecsd::server
