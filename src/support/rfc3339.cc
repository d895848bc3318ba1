#include "support/rfc3339.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "support/clock.h"
#include "support/strings.h"

namespace ecsd::support {
namespace {

// Takes `digits` digits off the front of `text` as a number.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  const auto number = ParseDecimal(text.substr(0, digits));
  text.remove_prefix(digits);
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

bool TakeOne(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> TakeDate(std::string_view& text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !TakeOne(text, "-")) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeOne(text, "-")) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// hh:mm, as in a time of day or an offset.
std::optional<std::chrono::minutes> TakeHourMinute(std::string_view& text) {
  const auto hour = TakeNumber(text, 2);
  if (!hour || *hour > 23 || !TakeOne(text, ":")) return std::nullopt;
  const auto minute = TakeNumber(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

// Fractions below a microsecond are dropped.
std::optional<std::chrono::microseconds> TakeFraction(std::string_view& text) {
  std::chrono::microseconds value{0};
  if (!TakeOne(text, ".")) return value;
  std::chrono::microseconds unit{100'000};
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value += unit * (text.front() - '0');
    unit /= 10;
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  return value;
}

std::optional<std::chrono::minutes> TakeOffset(std::string_view& text) {
  if (TakeOne(text, "Zz")) return std::chrono::minutes(0);
  const bool west = !text.empty() && text.front() == '-';
  if (!TakeOne(text, "+-")) return std::nullopt;
  const auto offset = TakeHourMinute(text);
  if (!offset) return std::nullopt;
  return west ? -*offset : *offset;
}

// SystemTime counts nanoseconds and ends in 2262; a year before that is as good as any later time.
SystemTime Representable(std::chrono::sys_time<std::chrono::microseconds> time) {
  constexpr std::chrono::hours kYear(24 * 365);
  const auto last = std::chrono::floor<std::chrono::microseconds>(SystemTime::max() - kYear);
  const auto first = std::chrono::ceil<std::chrono::microseconds>(SystemTime::min() + kYear);
  return std::clamp(time, first, last);
}

}  // namespace

std::optional<SystemTime> ParseRfc3339(std::string_view text) {
  const auto date = TakeDate(text);
  if (!date || !TakeOne(text, "Tt ")) return std::nullopt;
  const auto minutes = TakeHourMinute(text);
  if (!minutes || !TakeOne(text, ":")) return std::nullopt;
  const auto second = TakeNumber(text, 2);
  if (!second || *second > 60) return std::nullopt;
  const auto fraction = TakeFraction(text);
  const auto offset = TakeOffset(text);
  if (!fraction || !offset || !text.empty()) return std::nullopt;
  return Representable(*date + *minutes + std::chrono::seconds(*second) + *fraction - *offset);
}

}  // namespace ecsd::support
