#include "output/format.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ecsd::output {

Format FormatOf(std::string_view path) {
  return path.ends_with(".json") || path.ends_with(".JSON") ? Format::kJson : Format::kYaml;
}

bool HasReadableSuffix(std::string_view path) {
  using std::string_view_literals::operator""sv;
  constexpr std::array kSuffixes = {".json"sv, ".JSON"sv, ".yml"sv, ".YML"sv, ".yaml"sv, ".YAML"sv};
  return path.starts_with("/dev/") ||
         std::ranges::any_of(kSuffixes, [path](auto suffix) { return path.ends_with(suffix); });
}

}  // namespace ecsd::output
