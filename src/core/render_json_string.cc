#include "core/render_json_string.h"

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "support/utf8.h"

namespace ecsd::core {
namespace {

bool IsPlainAscii(char byte) {
  return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

// What JSON asks for, and what readers of YAML, which JSON is a part of, refuse or change.
bool IsEscaped(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0x2028 || value == 0x2029 ||
         value == 0xFEFF || value == 0xFFFE || value == 0xFFFF;
}

void AppendJsonEscape(char32_t value, std::string& out) {
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(value));
}

// Appends the code point at `position` and returns the bytes it took.
std::size_t AppendCodePoint(std::string_view text, std::size_t position, std::string& out) {
  const support::CodePoint point = support::DecodeUtf8(text, position);
  if (!point.well_formed) {
    out += support::kReplacementCharacter;
  } else if (const auto escape = support::ShortEscape(point.value); !escape.empty()) {
    out += escape;
  } else if (IsEscaped(point.value)) {
    AppendJsonEscape(point.value, out);
  } else {
    out += text.substr(position, point.length);
  }
  return point.length;
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t position = 0; position < text.size();) {
    std::size_t end = position;
    while (end < text.size() && IsPlainAscii(text[end])) ++end;
    out += text.substr(position, end - position);
    position = end;
    if (position < text.size()) position += AppendCodePoint(text, position, out);
  }
  out += '"';
}

}  // namespace ecsd::core
