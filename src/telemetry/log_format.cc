#include "telemetry/log_format.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace ecsd::telemetry {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Character {
  char32_t code_point = kReplacement;
  std::size_t length = 1;  // bytes; 1 for a byte that is not UTF-8
  bool broken = true;
};

unsigned char ByteAt(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

// The number of bytes that `first` announces; 0 when it cannot begin a character.
std::size_t AnnouncedLength(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// The first character of `text`. Requires: not empty.
Character Decode(std::string_view text) {
  const unsigned char first = ByteAt(text, 0);
  const std::size_t length = AnnouncedLength(first);
  if (length == 0 || length > text.size()) return {};
  if (length == 1) return {.code_point = first, .length = 1, .broken = false};

  char32_t code_point = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((ByteAt(text, i) & 0xC0U) != 0x80U) return {};
    code_point = (code_point << 6U) | (ByteAt(text, i) & 0x3FU);
  }
  const bool overlong =
      (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return {};
  return {.code_point = code_point, .length = length, .broken = false};
}

// Characters that move the cursor, end a line or turn the direction of what follows: none of them
// may reach a terminal from outside.
bool MustBeEscaped(const Character& character) {
  const char32_t c = character.code_point;
  return character.broken || c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

void AppendEscaped(std::string& line, const Character& character, std::string_view bytes) {
  switch (character.code_point) {
    case U'"':
      line += R"(\")";
      return;
    case U'\\':
      line += R"(\\)";
      return;
    case U'\n':
      line += R"(\n)";
      return;
    case U'\r':
      line += R"(\r)";
      return;
    case U'\t':
      line += R"(\t)";
      return;
    default:
      break;
  }
  if (MustBeEscaped(character)) {
    line += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character.code_point));
  } else {
    line += bytes;
  }
}

// The escapes are those of JSON, which are also those of logfmt.
void AppendQuoted(std::string& line, std::string_view text) {
  line += '"';
  while (!text.empty()) {
    const Character character = Decode(text);
    AppendEscaped(line, character, text.substr(0, character.length));
    text.remove_prefix(character.length);
  }
  line += '"';
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  while (!text.empty()) {
    const Character character = Decode(text);
    const char32_t c = character.code_point;
    if (c == U' ' || c == U'=' || c == U'"' || MustBeEscaped(character)) return true;
    text.remove_prefix(character.length);
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

// UTC with milliseconds, worked out by the calendar alone: no locale, no time zone of the machine.
std::string TimeText(std::chrono::system_clock::time_point time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(milliseconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(milliseconds - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

void AppendLogfmt(std::string& line, std::string_view key, std::string_view value) {
  line += key;
  line += '=';
  if (NeedsQuotes(value)) {
    AppendQuoted(line, value);
  } else {
    line += value;
  }
}

void AppendJson(std::string& line, std::string_view key, std::string_view value) {
  AppendQuoted(line, key);
  line += ':';
  AppendQuoted(line, value);
}

struct Notation {
  void (*append)(std::string& line, std::string_view key, std::string_view value);
  std::string_view open;
  std::string_view separator;
  std::string_view close;
};

Notation NotationOf(LogFormat format) {
  switch (format) {
    case LogFormat::kLogfmt:
      return {.append = AppendLogfmt, .open = "", .separator = " ", .close = ""};
    case LogFormat::kJson:
      break;
  }
  return {.append = AppendJson, .open = "{", .separator = ",", .close = "}"};
}

}  // namespace

std::string RenderLine(std::chrono::system_clock::time_point time, LogLevel level, LogFormat format,
                       std::string_view message, std::span<const Field> fields) {
  const Notation notation = NotationOf(format);
  std::string line(notation.open);
  notation.append(line, "ts", TimeText(time));
  line += notation.separator;
  notation.append(line, "level", LevelName(level));
  line += notation.separator;
  notation.append(line, "msg", message);
  for (const Field& field : fields) {
    line += notation.separator;
    notation.append(line, field.key, field.value);
  }
  line += notation.close;
  return line;
}

}  // namespace ecsd::telemetry
