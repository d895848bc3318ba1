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

namespace ecsd::support {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";

// C1 controls (U+0080-U+009F) and the marks that turn the direction of text (U+200E, U+200F, U+202A
// to U+202E, U+2066 to U+2069), in UTF-8: a terminal obeys them. The length of the one at `at`; 0:
// none.
std::size_t InvisibleAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  if (byte(0) == 0xC2U) return within(1, 0x80U, 0x9FU) ? 2 : 0;
  if (byte(0) != 0xE2U) return 0;
  if (byte(1) == 0x80U) return within(2, 0x8EU, 0x8FU) || within(2, 0xAAU, 0xAEU) ? 3 : 0;
  return byte(1) == 0x81U && within(2, 0xA6U, 0xA9U) ? 3 : 0;
}

std::string HideInvisible(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = InvisibleAt(text, at);
    shown.push_back(length > 0 ? ' ' : text[at]);
    at += length > 0 ? length : 1;
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
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  if (text.size() > limit) line += "...";
  return line;
}

}  // namespace ecsd::support
