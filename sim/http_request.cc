#include "sim/http_request.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecsd::sim {
namespace {

std::optional<char> HexPair(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::string digits = ToLower(text.substr(0, 2));
  const std::size_t high = kDigits.find(digits[0]);
  const std::size_t low = kDigits.find(digits[1]);
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  return static_cast<char>((high << 4U) | low);
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::optional<std::string_view> FindHeader(const HttpRequest& request, std::string_view name) {
  const std::string wanted = ToLower(name);
  for (const auto& [key, value] : request.headers) {
    if (ToLower(key) == wanted) return value;
  }
  return std::nullopt;
}

std::string PercentDecode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto decoded = text[i] == '%' ? HexPair(text.substr(i + 1)) : std::nullopt;
    if (decoded) {
      out += *decoded;
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::vector<NamedText> ParseForm(std::string_view text) {
  std::vector<NamedText> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string_view value =
        equals < field.size() ? field.substr(equals + 1) : std::string_view();
    out.emplace_back(PercentDecode(field.substr(0, equals), true), PercentDecode(value, true));
  }
  return out;
}

}  // namespace ecsd::sim
