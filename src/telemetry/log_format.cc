#include "telemetry/log_format.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "support/utf8.h"
#include "telemetry/log.h"

namespace ecsd::telemetry {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// What may not stand in a line as it is.
bool MustBeEscaped(const support::CodePoint& point) {
  return !point.well_formed || support::IsInvisible(point.value);
}

// The escapes are those of JSON, which are also those of logfmt.
void AppendQuoted(std::string& line, std::string_view text) {
  line += '"';
  for (std::size_t at = 0; at < text.size();) {
    const auto point = support::DecodeUtf8(text, at);
    if (const auto escape = support::ShortEscape(point.value); !escape.empty()) {
      line += escape;
    } else if (MustBeEscaped(point)) {
      const auto shown = point.well_formed ? point.value : kReplacement;
      fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<std::uint32_t>(shown));
    } else {
      line += text.substr(at, point.length);
    }
    at += point.length;
  }
  line += '"';
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = support::DecodeUtf8(text, at);
    const char32_t value = point.value;
    if (value == U' ' || value == U'=' || value == U'"' || MustBeEscaped(point)) return true;
    at += point.length;
  }
  return false;
}

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

void AppendLogfmtText(std::string& line, std::string_view text) {
  if (NeedsQuotes(text)) {
    AppendQuoted(line, text);
  } else {
    line += text;
  }
}

struct Notation {
  void (*append_key)(std::string& line, std::string_view key);
  void (*append_text)(std::string& line, std::string_view text);
  std::string_view no_number;  // for what is no number, or endless
  std::string_view open;
  std::string_view separator;
  std::string_view close;
};

Notation NotationOf(LogFormat format) {
  switch (format) {
    case LogFormat::kLogfmt:
      return {.append_key = [](std::string& line, std::string_view key) { (line += key) += '='; },
              .append_text = AppendLogfmtText,
              .no_number = "NaN",
              .open = "",
              .separator = " ",
              .close = ""};
    case LogFormat::kJson:
      break;
  }
  return {.append_key =
              [](std::string& line, std::string_view key) {
                AppendQuoted(line, key);
                line += ':';
              },
          .append_text = AppendQuoted,
          .no_number = "null",
          .open = "{",
          .separator = ",",
          .close = "}"};
}

void AppendValue(std::string& line, const Notation& notation, const Value& value) {
  std::visit(
      [&](const auto& held) {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          notation.append_text(line, held);
        } else if constexpr (std::is_same_v<Held, double>) {
          line += std::isfinite(held) ? fmt::format("{}", held) : std::string(notation.no_number);
        } else {
          line += fmt::format("{}", held);
        }
      },
      value);
}

}  // namespace

// Worked out by the calendar alone: no locale, no time zone of the machine.
std::string RenderTime(std::chrono::system_clock::time_point time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(milliseconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(milliseconds - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::string RenderLine(std::chrono::system_clock::time_point time, LogLevel level, LogFormat format,
                       std::string_view message, std::span<const Field> fields) {
  const Notation notation = NotationOf(format);
  std::string line(notation.open);
  notation.append_key(line, "ts");
  notation.append_text(line, RenderTime(time));
  line += notation.separator;
  notation.append_key(line, "level");
  notation.append_text(line, LevelName(level));
  line += notation.separator;
  notation.append_key(line, "msg");
  notation.append_text(line, message);
  for (const Field& field : fields) {
    line += notation.separator;
    notation.append_key(line, field.key);
    AppendValue(line, notation, field.value);
  }
  line += notation.close;
  return line;
}

}  // namespace ecsd::telemetry
