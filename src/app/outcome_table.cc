#include "app/outcome_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "app/report.h"
#include "core/explain.h"
#include "core/reason.h"
#include "support/strings.h"

namespace ecsd::app {
namespace {

using core::Explanation;

// Containers with the same outcome.
struct Group {
  const Explanation* first = nullptr;
  std::size_t count = 0;
  std::set<std::string_view> names;  // of the containers
  std::set<std::string_view> tasks;
};

using Cells = std::array<std::string, 6>;

const Cells kHeader = {"CLUSTER", "SERVICE", "FAMILY", "TASK", "CONTAINER", "RESULT"};

std::string Shown(const std::string& text) {
  constexpr std::size_t kLongest = 400;
  return text.empty() ? "-" : support::OneLine(text, kLongest);
}

std::string_view ResultOf(const Explanation& explanation) {
  return explanation.outcome ? "target" : core::ReasonName(explanation.outcome.error().reason);
}

// What two containers have in common that share a row. Addresses, ports and details differ from
// task to task and are those of the first; so does the name of a container that AWS adds.
auto RowKeyOf(const Explanation& explanation) {
  const bool is_added =
      !explanation.outcome && explanation.outcome.error().reason == core::Reason::kNoDefinition;
  return std::tuple(std::string_view(explanation.cluster), std::string_view(explanation.service),
                    std::string_view(explanation.family),
                    is_added ? std::string_view() : std::string_view(explanation.container),
                    ResultOf(explanation), RefusalOf(explanation).empty(),
                    explanation.warning.empty());
}

void Add(const Explanation& explanation, Group& group) {
  if (group.first == nullptr) group.first = &explanation;
  ++group.count;
  group.names.insert(explanation.container);
  group.tasks.insert(explanation.task);
}

std::vector<Group> GroupsOf(std::span<const Explanation> explanations, Rows rows) {
  std::vector<Group> groups;
  std::map<decltype(RowKeyOf(explanations.front())), std::size_t> known;
  for (const auto& explanation : explanations) {
    auto row = groups.size();
    if (rows == Rows::kGrouped) row = known.try_emplace(RowKeyOf(explanation), row).first->second;
    if (row == groups.size()) groups.emplace_back();
    Add(explanation, groups[row]);
  }
  return groups;
}

// " and 989 more" behind the first of `count`.
std::string AndMore(std::size_t count) {
  return count > 1 ? fmt::format(" and {} more", support::WithThousands(count - 1)) : std::string();
}

Cells CellsOf(const Group& group) {
  const auto& first = *group.first;
  auto result = std::string(ResultOf(first));
  if (first.outcome) result += " " + first.outcome->address + AndMore(group.count);
  auto task = group.tasks.size() > 1 ? support::WithThousands(group.tasks.size()) + " tasks"
                                     : Shown(first.task);
  return {Shown(first.cluster),
          Shown(first.service),
          Shown(first.family),
          std::move(task),
          Shown(first.container) + AndMore(group.names.size()),
          Shown(result)};
}

// The facts that decide, as "name: text", without those that are not known.
std::string FactsOf(const Explanation& explanation) {
  const std::array<std::pair<std::string_view, const std::string*>, 5> facts = {{
      {"network mode", &explanation.mode},
      {"label", &explanation.label},
      {"bindings", &explanation.bindings},
      {"port mappings", &explanation.mappings},
      {"address", &explanation.address},
  }};
  std::string text;
  for (const auto& [name, fact] : facts) {
    if (fact->empty()) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name, *fact);
  }
  return text;
}

void AppendRow(const Cells& row, const std::array<std::size_t, 6>& widths, std::string& table) {
  for (std::size_t i = 0; i + 1 < row.size(); ++i)
    table += fmt::format("{:<{}}  ", row.at(i), widths.at(i));
  table += row.back() + "\n";
}

void AppendDetail(std::string_view name, const std::string& text, std::string& table) {
  if (!text.empty()) table += fmt::format("    {}: {}\n", name, Shown(text));
}

void AppendDetails(const Group& group, std::string& table) {
  const auto& first = *group.first;
  if (group.tasks.size() > 1) AppendDetail("example", first.task, table);
  if (!first.outcome) AppendDetail("why", first.outcome.error().detail, table);
  AppendDetail("refused by Prometheus", RefusalOf(first), table);
  AppendDetail("facts", FactsOf(first), table);
  AppendDetail("warning", first.warning, table);
  AppendDetail("change", first.change, table);
}

}  // namespace

std::string RenderTable(std::span<const Explanation> explanations, Rows rows) {
  if (explanations.empty()) return {};
  const auto groups = GroupsOf(explanations, rows);
  std::array<std::size_t, 6> widths{};
  std::vector<Cells> cells = {kHeader};
  for (const auto& group : groups) cells.push_back(CellsOf(group));
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths.at(i) = std::max(widths.at(i), row.at(i).size());
  }
  std::string table;
  AppendRow(cells.front(), widths, table);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    AppendRow(cells[i + 1], widths, table);
    AppendDetails(groups[i], table);
  }
  return table;
}

}  // namespace ecsd::app
