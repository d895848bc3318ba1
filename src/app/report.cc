#include "app/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/json_member.h"
#include "core/explain.h"
#include "core/prometheus_check.h"
#include "core/reason.h"
#include "support/strings.h"

namespace ecsd::app {
namespace {

using core::Explanation;

using Row = std::array<std::string, 6>;

const Row kHeader = {"CLUSTER", "SERVICE", "FAMILY", "TASK", "CONTAINER", "RESULT"};

std::string Shown(const std::string& text) {
  constexpr std::size_t kLongest = 400;
  return text.empty() ? "-" : support::OneLine(text, kLongest);
}

Row RowOf(const Explanation& explanation) {
  const auto result = explanation.outcome
                          ? "target " + explanation.outcome->address
                          : std::string(core::ReasonName(explanation.outcome.error().reason));
  return {Shown(explanation.cluster), Shown(explanation.service),   Shown(explanation.family),
          Shown(explanation.task),    Shown(explanation.container), Shown(result)};
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

// Why Prometheus never scrapes the target; empty: it does, or there is none.
std::string RefusalOf(const Explanation& explanation) {
  if (!explanation.outcome) return {};
  const auto refusal = core::WhyPrometheusRefuses(*explanation.outcome);
  return refusal ? refusal->why : std::string();
}

void AppendRow(const Row& row, const std::array<std::size_t, 6>& widths, std::string& table) {
  for (std::size_t i = 0; i + 1 < row.size(); ++i)
    table += fmt::format("{:<{}}  ", row.at(i), widths.at(i));
  table += row.back() + "\n";
}

void AppendDetail(std::string_view name, const std::string& text, std::string& table) {
  if (!text.empty()) table += fmt::format("    {}: {}\n", name, Shown(text));
}

void AppendObject(const Explanation& explanation, std::string& json) {
  json += '{';
  AppendMember("cluster", explanation.cluster, json);
  AppendMember("service", explanation.service, json);
  AppendMember("family", explanation.family, json);
  AppendMember("task", explanation.task, json);
  AppendMember("container", explanation.container, json);
  if (explanation.outcome) {
    AppendMember("target", explanation.outcome->address, json);
    if (const auto refused = RefusalOf(explanation); !refused.empty()) {
      AppendMember("refused", refused, json);
      AppendMember("change", explanation.change, json);
    }
  } else {
    AppendMember("reason", core::ReasonName(explanation.outcome.error().reason), json);
    AppendMember("detail", explanation.outcome.error().detail, json);
    AppendMember("change", explanation.change, json);
  }
  AppendMember("network_mode", explanation.mode, json);
  AppendMember("label", explanation.label, json);
  AppendMember("bindings", explanation.bindings, json);
  AppendMember("port_mappings", explanation.mappings, json);
  AppendMember("address", explanation.address, json);
  if (!explanation.warning.empty()) AppendMember("warning", explanation.warning, json);
  json += '}';
}

}  // namespace

bool IsAbout(const Explanation& explanation, const std::string& name) {
  const auto wanted = core::ShortName(name);  // an ARN is as good as a name
  const auto& family = explanation.family;
  return wanted == explanation.cluster || wanted == explanation.service ||
         wanted == explanation.task || wanted == explanation.container || wanted == family ||
         wanted == family.substr(0, family.rfind(':'));
}

std::string RenderTable(std::span<const Explanation> explanations) {
  std::array<std::size_t, 6> widths{};
  std::vector<Row> rows = {kHeader};
  for (const auto& explanation : explanations) rows.push_back(RowOf(explanation));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths.at(i) = std::max(widths.at(i), row.at(i).size());
  }
  std::string table;
  AppendRow(rows.front(), widths, table);
  for (std::size_t i = 0; i < explanations.size(); ++i) {
    AppendRow(rows[i + 1], widths, table);
    const auto& explanation = explanations[i];
    if (!explanation.outcome) AppendDetail("why", explanation.outcome.error().detail, table);
    AppendDetail("refused by Prometheus", RefusalOf(explanation), table);
    AppendDetail("facts", FactsOf(explanation), table);
    AppendDetail("warning", explanation.warning, table);
    AppendDetail("change", explanation.change, table);
  }
  return table;
}

std::string RenderExplanationsJson(std::span<const Explanation> explanations) {
  std::string json = "[";
  for (const auto& explanation : explanations) {
    json += json.size() > 1 ? ",\n " : "\n ";
    AppendObject(explanation, json);
  }
  return json + "\n]\n";
}

}  // namespace ecsd::app
