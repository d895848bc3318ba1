#include "app/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

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
    case CheckState::kFailed:
      break;
  }
  return "FAIL";
}

}  // namespace

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
  return text;
}

std::string RenderChecksJson(std::span<const Check> checks) {
  std::string json = "[";
  for (const auto& check : checks) {
    json += json.size() > 1 ? ",\n {" : "\n {";
    AppendMember("state", support::ToLower(NameOf(check.state)), json);
    AppendMember("name", check.name, json);
    AppendMember("text", check.text, json);
    AppendMember("fix", check.fix, json);
    for (const auto& [name, text] : check.details) AppendMember(name, text, json);
    json += '}';
  }
  return json + "\n]\n";
}

bool AllGood(std::span<const Check> checks) {
  return std::ranges::none_of(
      checks, [](const Check& check) { return check.state == CheckState::kFailed; });
}

}  // namespace ecsd::app
