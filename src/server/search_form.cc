#include "server/search_form.h"

#include <fmt/core.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/reason.h"
#include "server/html.h"
#include "server/list_query.h"
#include "server/number_text.h"
#include "server/snapshot.h"

namespace ecsd::server {
namespace {

using Show = ListQuery::Show;
using Sort = ListQuery::Sort;

std::string OptionHtml(std::string_view value, std::string_view text, bool selected) {
  return fmt::format(R"(<option value="{}"{}>{}</option>)", Escaped(value),
                     selected ? " selected" : "", Escaped(text));
}

// `count`: nothing when it is not known.
std::string TabHtml(const ListQuery& query, Show show, std::string_view text,
                    std::optional<std::size_t> count) {
  const ListQuery other = query.show == show ? query : query.Other();
  ListQuery link = other;
  link.page = 1;
  link.reason.reset();
  link.needs_action = false;
  return fmt::format(R"(<a href="{}#containers"{}>{} <span class="number">{}</span></a>)",
                     Escaped(ToUrl(link)), query.show == show ? R"( aria-current="page")" : "",
                     text, count ? WithSeparators(*count) : "&ndash;");
}

// The reasons that there are, of those that need action or of the others.
std::string ReasonOptions(const Snapshot& snapshot, const ListQuery& query, bool need_action) {
  std::string html;
  for (std::size_t i = 0; i < core::kReasonCount; ++i) {
    const auto reason = static_cast<core::Reason>(i);
    const bool selected = query.reason == reason;
    const auto count = snapshot.reasons.at(i);
    if (core::NeedsAction(reason) != need_action || (count == 0 && !selected)) continue;
    const auto name = core::ReasonName(reason);
    html += OptionHtml(name, fmt::format("{} ({})", name, WithSeparators(count)), selected);
  }
  return html;
}

std::string ReasonSelect(const Snapshot& snapshot, const ListQuery& query) {
  if (query.show != Show::kSkipped) return "";
  std::string html = R"(<label>Reason <select name="reason">)" +
                     OptionHtml("", "All", !query.reason && !query.needs_action) +
                     OptionHtml(kNeedsAction, "All that need action", query.needs_action);
  const auto urgent = ReasonOptions(snapshot, query, true);
  const auto expected = ReasonOptions(snapshot, query, false);
  if (!urgent.empty()) html += R"(<optgroup label="Needs action">)" + urgent + "</optgroup>";
  if (!expected.empty()) html += R"(<optgroup label="Expected">)" + expected + "</optgroup>";
  return html + R"(</select></label><input type="hidden" name="show" value="skipped">)";
}

std::string SortSelect(const ListQuery& query) {
  std::string html = R"(<label>Group by <select name="sort">)";
  const auto add = [&](Sort sort, std::string_view text) {
    const auto value = sort == Sort::kService ? std::string_view() : NameOf(sort);
    html += OptionHtml(value, text, query.sort == sort);
  };
  add(Sort::kService, "Service");
  add(Sort::kLargest, "Service, largest first");
  add(Sort::kCluster, "Cluster");
  add(Sort::kDefinition, "Task definition");
  add(Sort::kContainer, "Container name");
  if (query.show == Show::kSkipped) add(Sort::kReason, "Reason");
  return html + "</select></label>";
}

}  // namespace

std::string RenderSearch(const Snapshot& snapshot, const ListQuery& query) {
  std::string html = R"(<nav class="tabs" id="tabs" data-live aria-label="Which containers">)";
  const auto known = [&](std::size_t count) {
    return snapshot.ready() ? std::optional(count) : std::nullopt;
  };
  html += TabHtml(query, Show::kTargets, "Targets", known(snapshot.target_count()));
  html += TabHtml(query, Show::kSkipped, "Skipped", known(snapshot.skipped_count())) + "</nav>";
  html += fmt::format(
      R"(<form id="search" role="search" method="get" action="#containers"><label class="wide">Search )"
      R"(<input type="search" name="q" value="{}" maxlength="200" autocomplete="off" )"
      R"(placeholder="service, container, task, address, label"></label>)",
      Escaped(query.text));
  html +=
      R"(<label>Cluster <select name="cluster">)" + OptionHtml("", "All", query.cluster.empty());
  for (const auto& cluster : snapshot.clusters) {
    html += OptionHtml(cluster.name, cluster.name, cluster.name == query.cluster);
  }
  html += "</select></label>" + ReasonSelect(snapshot, query) + SortSelect(query);
  return html + R"(<button type="submit">Search</button></form>)";
}

}  // namespace ecsd::server
