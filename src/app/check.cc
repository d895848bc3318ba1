#include "app/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "app/json_member.h"
#include "support/strings.h"

namespace ecsd::app {
namespace {

constexpr std::size_t kLongestText = 600;

std::string_view NameOf(CheckState state) {
  switch (state) {
    case CheckState::kGood:
      return "ok";
    case CheckState::kWarning:
      return "warn";
    case CheckState::kSkipped:
      return "skip";
    case CheckState::kFailed:
      break;
  }
  return "FAIL";
}

std::size_t Count(std::span<const Check> checks, CheckState state) {
  return static_cast<std::size_t>(std::ranges::count(checks, state, &Check::state));
}

Check SummaryCheck(std::span<const Check> checks) {
  const auto number = [&](CheckState state) { return std::to_string(Count(checks, state)); };
  return {.state = AllGood(checks) ? CheckState::kGood : CheckState::kFailed,
          .name = "summary",
          .text = Summary(checks),
          .fix = {},
          .details = {{"passed", number(CheckState::kGood)},
                      {"warnings", number(CheckState::kWarning)},
                      {"failed", number(CheckState::kFailed)},
                      {"not_checked", number(CheckState::kSkipped)}}};
}

void AppendCheck(const Check& check, std::string& json) {
  json += json.size() > 1 ? ",\n {" : "\n {";
  AppendMember("state", support::ToLower(NameOf(check.state)), json);
  AppendMember("name", check.name, json);
  AppendMember("text", check.text, json);
  AppendMember("fix", check.fix, json);
  for (const auto& [name, text] : check.details) AppendMember(name, text, json);
  json += '}';
}

}  // namespace

Check NotChecked(std::string name, const std::string& why) {
  return {.state = CheckState::kSkipped,
          .name = std::move(name),
          .text = "not checked: " + why,
          .fix = {}};
}

std::string Summary(std::span<const Check> checks) {
  const auto passed = Count(checks, CheckState::kGood);
  auto text = fmt::format("{} {} passed", passed, passed == 1 ? "check" : "checks");
  if (const auto warnings = Count(checks, CheckState::kWarning); warnings > 0)
    text += fmt::format(", {} with a warning", warnings);
  text += fmt::format(", {} failed", Count(checks, CheckState::kFailed));
  if (const auto skipped = Count(checks, CheckState::kSkipped); skipped > 0)
    text += fmt::format(", {} not checked", skipped);
  return text;
}

std::string RenderChecks(std::span<const Check> checks) {
  std::size_t width = 0;
  for (const auto& check : checks) width = std::max(width, check.name.size());
  std::string text;
  for (const auto& check : checks) {
    text += fmt::format("{:<4}  {:<{}}  {}", NameOf(check.state), check.name, width,
                        support::OneLine(check.text, kLongestText));
    if (!check.fix.empty()) text += "; fix: " + check.fix;
    text += '\n';
  }
  return text + Summary(checks) + '\n';
}

std::string RenderChecksJson(std::span<const Check> checks) {
  std::string json = "[";
  for (const auto& check : checks) AppendCheck(check, json);
  AppendCheck(SummaryCheck(checks), json);
  return json + "\n]\n";
}

bool AllGood(std::span<const Check> checks) {
  return std::ranges::none_of(
      checks, [](const Check& check) { return check.state == CheckState::kFailed; });
}

}  // namespace ecsd::app
