#include "support/strings.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "support/utf8.h"

namespace ecsd::support {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";

// `text` with a space for each character that a terminal would obey.
std::string HideInvisible(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = DecodeUtf8(text, at);
    if (point.well_formed && IsInvisible(point.value)) {
      shown += ' ';
    } else {
      shown += text.substr(at, point.length);
    }
    at += point.length;
  }
  return shown;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower;
}

std::string ToUpper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return upper;
}

std::optional<std::int64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || text.front() == '-') return std::nullopt;
  std::int64_t value = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string WithThousands(std::uint64_t number) {
  constexpr std::size_t kGroup = 3;
  auto text = std::to_string(number);
  for (auto at = text.size(); at > kGroup;) text.insert(at -= kGroup, ",");
  return text;
}

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) lines.push_back(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string HideUserInfo(std::string_view text) {
  constexpr std::string_view kMark = "://";
  std::string shown;
  for (auto mark = text.find(kMark); mark != std::string_view::npos; mark = text.find(kMark)) {
    shown += text.substr(0, mark + kMark.size());
    text.remove_prefix(mark + kMark.size());
    const auto authority = text.substr(0, text.find_first_of("/ \"'"));
    const auto at = authority.rfind('@');
    if (at == std::string_view::npos) continue;
    shown += "***";
    text.remove_prefix(at);
  }
  return shown.append(text);
}

std::string OneLine(std::string_view text, std::size_t limit) {
  auto line = HideInvisible(text.substr(0, limit));
  if (text.size() > limit) line += "...";
  return line;
}

}  // namespace ecsd::support
