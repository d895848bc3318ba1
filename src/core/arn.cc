#include "core/arn.h"

#include <optional>
#include <string_view>

namespace ecsd::core {

std::optional<Arn> ParseArn(std::string_view text) {
  constexpr std::string_view kStart = "arn:";
  if (!text.starts_with(kStart)) return std::nullopt;
  text.remove_prefix(kStart.size());
  Arn arn;
  for (auto* part : {&arn.partition, &arn.service, &arn.region, &arn.account}) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    *part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  arn.resource = text;
  return arn;
}

std::string_view AccountOfArn(std::string_view arn) {
  return ParseArn(arn).value_or(Arn()).account;
}

std::string_view RegionOfArn(std::string_view arn) {
  return ParseArn(arn).value_or(Arn()).region;
}

}  // namespace ecsd::core
