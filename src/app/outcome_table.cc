#include "app/outcome_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
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
// task to task and are those of the first.
auto RowKeyOf(const Explanation& explanation) {
  return std::tuple(std::string_view(explanation.cluster), std::string_view(explanation.service),
                    std::string_view(explanation.family), std::string_view(explanation.container),
                    ResultOf(explanation), RefusalOf(explanation).empty(),
                    explanation.warning.empty());
}

std::vector<Group> GroupsOf(std::span<const Explanation> explanations, Rows rows) {
  std::vector<Group> groups;
  std::map<decltype(RowKeyOf(explanations.front())), std::size_t> known;
  for (const auto& explanation : explanations) {
    if (rows == Rows::kGrouped) {
      const auto [found, is_new] = known.try_emplace(RowKeyOf(explanation), groups.size());
      if (!is_new) {
        ++groups[found->second].count;
        continue;
      }
    }
    groups.push_back({.first = &explanation, .count = 1});
  }
  return groups;
}

Cells CellsOf(const Group& group) {
  const auto& first = *group.first;
  auto result = std::string(ResultOf(first));
  if (first.outcome) result += " " + first.outcome->address;
  auto task = Shown(first.task);
  if (group.count > 1) {
    task = support::WithThousands(group.count) + " tasks";
    if (first.outcome)
      result += fmt::format(" and {} more", support::WithThousands(group.count - 1));
  }
  return {Shown(first.cluster), Shown(first.service),   Shown(first.family),
          std::move(task),      Shown(first.container), Shown(result)};
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
  if (group.count > 1) AppendDetail("example", first.task, table);
  if (!first.outcome) AppendDetail("why", first.outcome.error().detail, table);
  AppendDetail("refused by Prometheus", RefusalOf(first), table);
  AppendDetail("facts", FactsOf(first), table);
  AppendDetail("warning", first.warning, table);
  AppendDetail("change", first.change, table);
}

}  // namespace

std::string RenderTable(std::span<const Explanation> explanations, Rows rows) {
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
