#include "config/go_int.h"

#include <limits>
#include <string>

namespace ecsd::config {
namespace {

using support::ErrorKind;
using support::Fail;

constexpr std::uint64_t kNoDigit = 255;

// ASCII only, as strconv does it.
char Lower(char c) {
  return static_cast<char>(static_cast<unsigned char>(c) | 0x20U);
}

std::uint64_t DigitValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
  if (Lower(c) >= 'a' && Lower(c) <= 'z') return static_cast<std::uint64_t>(Lower(c) - 'a') + 10;
  return kNoDigit;
}

struct Digits {
  std::string_view text;
  std::uint64_t base = 10;
  bool prefixed = false;  // 0x, 0o, 0b or 0 came before: an underscore may follow at once
};

Digits CutPrefix(std::string_view text) {
  if (!text.starts_with('0')) return {.text = text};
  if (text.size() >= 3) {
    const std::string_view rest = text.substr(2);
    if (Lower(text[1]) == 'b') return {.text = rest, .base = 2, .prefixed = true};
    if (Lower(text[1]) == 'o') return {.text = rest, .base = 8, .prefixed = true};
    if (Lower(text[1]) == 'x') return {.text = rest, .base = 16, .prefixed = true};
  }
  return {.text = text.substr(1), .base = 8, .prefixed = true};
}

// An underscore stands between digits only; the prefix counts as one.
bool UnderscoresAreRight(const Digits& digits) {
  bool after_digit = digits.prefixed;
  for (const char c : digits.text) {
    if (c == '_' && !after_digit) return false;
    after_digit = c != '_';
  }
  return after_digit || digits.text.find('_') == std::string_view::npos;
}

support::Result<std::uint64_t> ParseUnsigned(std::string_view text) {
  const Digits digits = CutPrefix(text);
  std::uint64_t value = 0;
  for (const char c : digits.text) {
    if (c == '_') continue;
    const std::uint64_t digit = DigitValue(c);
    if (digit >= digits.base) return Fail(ErrorKind::kConfig, "parse error");
    constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
    if (value > (kMax - digit) / digits.base) {
      return Fail(ErrorKind::kConfig, "value out of range");
    }
    value = (value * digits.base) + digit;
  }
  if (!UnderscoresAreRight(digits)) return Fail(ErrorKind::kConfig, "parse error");
  return value;
}

}  // namespace

support::Result<std::int64_t> ParseGoInt(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view unsigned_text = negative || text.starts_with('+') ? text.substr(1) : text;
  if (unsigned_text.empty()) return Fail(ErrorKind::kConfig, "parse error");
  const auto value = ParseUnsigned(unsigned_text);
  if (!value) return tl::unexpected(value.error());

  constexpr std::uint64_t kAboveLargest = std::uint64_t{1} << 63U;
  if (*value > kAboveLargest || (*value == kAboveLargest && !negative)) {
    return Fail(ErrorKind::kConfig, "value out of range");
  }
  return static_cast<std::int64_t>(negative ? 0 - *value : *value);
}

}  // namespace ecsd::config
