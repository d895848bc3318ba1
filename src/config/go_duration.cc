#include "config/go_duration.h"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "config/go_quote.h"

namespace ecsd::config {
namespace {

using support::ErrorKind;
using support::Fail;

// One more than the largest int64: the most negative duration needs it.
constexpr std::uint64_t kLimit = std::uint64_t{1} << 63U;

constexpr std::uint64_t kMicrosecond = 1'000;
constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kSecond = 1'000'000'000;

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> kUnits{{
    {"ns", 1},
    {"us", kMicrosecond},
    {"\xC2\xB5s", kMicrosecond},  // U+00B5, micro sign
    {"\xCE\xBCs", kMicrosecond},  // U+03BC, Greek letter mu
    {"ms", kMillisecond},
    {"s", kSecond},
    {"m", 60 * kSecond},
    {"h", 3600 * kSecond},
}};

std::optional<std::uint64_t> FindUnit(std::string_view name) {
  for (const auto& [unit, nanoseconds] : kUnits) {
    if (unit == name) return nanoseconds;
  }
  return std::nullopt;
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

std::uint64_t DigitOf(char c) {
  return static_cast<std::uint64_t>(c - '0');
}

// Cuts the leading digits off `text`; nothing when they do not fit.
std::optional<std::uint64_t> TakeInteger(std::string_view& text) {
  std::uint64_t value = 0;
  while (!text.empty() && IsDigit(text.front())) {
    if (value > kLimit / 10) return std::nullopt;
    value = (value * 10) + DigitOf(text.front());
    if (value > kLimit) return std::nullopt;
    text.remove_prefix(1);
  }
  return value;
}

struct Fraction {
  std::uint64_t digits = 0;
  double scale = 1;
};

// Cuts the leading digits off `text`; those beyond 64 bits add no precision and are dropped.
Fraction TakeFraction(std::string_view& text) {
  Fraction fraction;
  bool full = false;
  for (; !text.empty() && IsDigit(text.front()); text.remove_prefix(1)) {
    if (full) continue;
    const std::uint64_t next = (fraction.digits * 10) + DigitOf(text.front());
    if (fraction.digits > (kLimit - 1) / 10 || next > kLimit) {
      full = true;
      continue;
    }
    fraction.digits = next;
    fraction.scale *= 10;
  }
  return fraction;
}

std::string_view TakeUnitName(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] != '.' && !IsDigit(text[length])) ++length;
  const std::string_view name = text.substr(0, length);
  text.remove_prefix(length);
  return name;
}

// The words of Go's error without the quoted whole: "invalid duration".
using Problem = std::string;

// Cuts one number with its unit off `text` and says how many nanoseconds it is.
tl::expected<std::uint64_t, Problem> TakeTerm(std::string_view& text) {
  const Problem invalid = "invalid duration";
  const bool has_integer = IsDigit(text.front());
  if (!has_integer && text.front() != '.') return tl::unexpected(invalid);
  const auto integer = TakeInteger(text);
  if (!integer) return tl::unexpected(invalid);

  Fraction fraction;
  bool has_fraction = false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    has_fraction = !text.empty() && IsDigit(text.front());
    fraction = TakeFraction(text);
  }
  if (!has_integer && !has_fraction) return tl::unexpected(invalid);

  const std::string_view name = TakeUnitName(text);
  if (name.empty()) return tl::unexpected(Problem("missing unit in duration"));
  const auto unit = FindUnit(name);
  if (!unit) return tl::unexpected("unknown unit " + QuoteGoAscii(name) + " in duration");
  if (*integer > kLimit / *unit) return tl::unexpected(invalid);
  std::uint64_t value = *integer * *unit;
  if (fraction.digits > 0) {
    value += static_cast<std::uint64_t>(static_cast<double>(fraction.digits) *
                                        (static_cast<double>(*unit) / fraction.scale));
    if (value > kLimit) return tl::unexpected(invalid);
  }
  return value;
}

tl::unexpected<support::Error> FailWith(std::string_view problem, std::string_view whole) {
  return Fail(ErrorKind::kConfig, "time: " + std::string(problem) + " " + QuoteGoAscii(whole));
}

// Puts `value` before `text` as a decimal with `places` decimals, trailing zeros cut.
void PrependFraction(std::string& text, std::uint64_t& value, int places) {
  std::string digits;
  for (int i = 0; i < places; ++i, value /= 10) {
    const std::uint64_t digit = value % 10;
    if (digit != 0 || !digits.empty()) digits.insert(0, 1, static_cast<char>('0' + digit));
  }
  if (!digits.empty()) text.insert(0, "." + digits);
}

std::string FormatBelowASecond(std::uint64_t value) {
  if (value == 0) return "0s";
  std::string text = "ns";
  int places = 0;
  if (value >= kMillisecond) {
    text = "ms";
    places = 6;
  } else if (value >= kMicrosecond) {
    text = "\xC2\xB5s";
    places = 3;
  }
  PrependFraction(text, value, places);
  return std::to_string(value) + text;
}

std::string FormatFromASecond(std::uint64_t value) {
  std::string text = "s";
  PrependFraction(text, value, 9);
  text.insert(0, std::to_string(value % 60));
  value /= 60;
  if (value > 0) {
    text.insert(0, std::to_string(value % 60) + "m");
    value /= 60;
  }
  if (value > 0) text.insert(0, std::to_string(value) + "h");
  return text;
}

}  // namespace

support::Result<std::chrono::nanoseconds> ParseGoDuration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return std::chrono::nanoseconds(0);
  if (rest.empty()) return FailWith("invalid duration", text);

  std::uint64_t total = 0;
  while (!rest.empty()) {
    const auto term = TakeTerm(rest);
    if (!term) return FailWith(term.error(), text);
    total += *term;
    if (total > kLimit) return FailWith("invalid duration", text);
  }
  if (negative) return std::chrono::nanoseconds(static_cast<std::int64_t>(0 - total));
  if (total == kLimit) return FailWith("invalid duration", text);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

std::string FormatGoDuration(std::chrono::nanoseconds duration) {
  const auto count = static_cast<std::uint64_t>(duration.count());
  const bool negative = duration.count() < 0;
  const std::uint64_t value = negative ? 0 - count : count;
  std::string text = value < kSecond ? FormatBelowASecond(value) : FormatFromASecond(value);
  return negative ? "-" + text : text;
}

}  // namespace ecsd::config
