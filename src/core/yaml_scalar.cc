#include "core/yaml_scalar.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "support/utf8.h"

namespace ecsd::core {
namespace {

constexpr std::string_view kDigits = "0123456789";

// What a byte can mean for the style of the scalar it is in.
enum ByteClass : std::uint8_t {
  kOrdinary = 0,
  kUnprintable = 1,  // control characters, DEL and all that is not ASCII
  kBlank = 2,
  kColon = 4,
  kHash = 8,
  kIndicator = 16,  // starts something else when it comes first
};

constexpr std::array<std::uint8_t, 256> MakeByteClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t byte = 0; byte < classes.size(); ++byte) {
    if (byte < 0x20 || byte > 0x7E) classes[byte] = kUnprintable;
  }
  for (const char byte : std::string_view("-?:,[]{}#&*!|>'\"%@`")) {
    classes[static_cast<unsigned char>(byte)] = kIndicator;
  }
  classes[' '] = kBlank;
  classes[':'] |= kColon;
  classes['#'] |= kHash;
  return classes;
}

constexpr std::array<std::uint8_t, 256> kByteClasses = MakeByteClasses();

unsigned ClassOf(char byte) {
  return kByteClasses[static_cast<unsigned char>(byte)];
}

unsigned ClassesIn(std::string_view text) {
  unsigned classes = 0;
  for (const char byte : text) classes |= ClassOf(byte);
  return classes;
}

char Lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, Lower);
}

bool IsOneOf(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// Cuts the longest run of `characters` off the front of `text` and returns its length.
std::size_t Skip(std::string_view& text, std::string_view characters) {
  const std::size_t length = std::min(text.find_first_not_of(characters), text.size());
  text.remove_prefix(length);
  return length;
}

// YAML 1.1's truth values and nulls; YAML 1.2 knows a part of them.
bool IsWord(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kWords = {
      "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<"};
  static constexpr std::size_t kLongest = 5;
  return text.size() <= kLongest && std::ranges::any_of(kWords, [&](std::string_view word) {
           return EqualsIgnoringCase(text, word);
         });
}

// `text` is `lower`, in any case and with any underscores in it: go-yaml drops them before it looks
// for a number.
bool Spells(std::string_view text, std::string_view lower) {
  for (const char byte : text) {
    if (byte == '_') continue;
    if (lower.empty() || Lower(byte) != lower.front()) return false;
    lower.remove_prefix(1);
  }
  return lower.empty();
}

// `.inf` and `.nan`; without the point, old go-yaml read them as floats too.
bool IsSpecialFloat(std::string_view text) {
  if (text.starts_with('.')) text.remove_prefix(1);
  return Spells(text, "inf") || Spells(text, "nan") || Spells(text, "infinity");
}

// 0b1_0, 0o17, 0xFF, 0_xFF, and Go's hexadecimal floats, 0x1p-2.
bool IsInBase(std::string_view text) {
  Skip(text, "_");
  if (!text.starts_with('0')) return false;
  Skip(text, "0_");
  if (text.empty()) return false;
  const char base = Lower(text.front());
  if (base != 'b' && base != 'o' && base != 'x') return false;
  return IsOneOf(text.substr(1), "0123456789_,.abcdefABCDEFpP+-");
}

// 1, 1_000, 007, 1.5, .5, 1e5, 1.5E_+3; with Ruby's commas 1,000; and by the letter of YAML 1.1's
// pattern for floats even 1.2.3.
bool IsDecimal(std::string_view text) {
  return IsOneOf(text, "0123456789_,.eE+-");
}

// 12:30:45 and 12:30.5: numbers to the base of 60 in YAML 1.1. An IPv4 address with a port is none,
// for its points come before the colon.
bool IsSexagesimal(std::string_view text) {
  if (Skip(text, "0123456789_,") == 0 || !text.starts_with(':')) return false;
  while (text.starts_with(':')) {
    text.remove_prefix(1);
    if (Skip(text, "0123456789_,") == 0) return false;
  }
  return text.empty() || (text[0] == '.' && IsOneOf(text, "0123456789_,."));
}

// 2026-01-02, 2026-1-2T03:04:05.678+09:00 and all that looks like them.
bool IsTimestamp(std::string_view text) {
  if (Skip(text, kDigits) != 4 || !text.starts_with('-')) return false;
  text.remove_prefix(1);
  if (Skip(text, kDigits) == 0 || !text.starts_with('-')) return false;
  text.remove_prefix(1);
  return Skip(text, kDigits) != 0 && IsOneOf(text, "0123456789tTzZ:.+- ");
}

// Whether some reader could take `text` for something other than a string. Wider than any one of
// them, so that it holds for all.
bool HasAnotherMeaning(std::string_view text) {
  if (IsWord(text)) return true;
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || IsSpecialFloat(text)) return true;
  const char first = text[0];
  if (first != '.' && first != '_' && first != ',' && (first < '0' || first > '9')) return false;
  return IsDecimal(text) || IsInBase(text) || IsSexagesimal(text) || IsTimestamp(text);
}

bool BreaksPlainSyntax(std::string_view text, unsigned classes) {
  if ((ClassOf(text.front()) & (kIndicator | kBlank)) != 0 || text.starts_with("...")) return true;
  if (text.ends_with(' ') || text.ends_with(':')) return true;
  if ((classes & kBlank) == 0) return false;
  return text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos;
}

void AppendSingleQuoted(std::string_view text, std::string& out) {
  out += '\'';
  for (const char byte : text) {
    if (byte == '\'') out += '\'';
    out += byte;
  }
  out += '\'';
}

// Whether a reader keeps `value` as it is inside double quotes. PyYAML, libyaml and go-yaml refuse
// the characters outside YAML's printable set, take NEL, LS and PS for line breaks, and drop a byte
// order mark.
bool IsKeptRaw(char32_t value) {
  if (value < 0x20 || (value > 0x7E && value <= 0xA0)) return false;
  return value != 0x2028 && value != 0x2029 && value != 0xFEFF && value != 0xFFFE &&
         value != 0xFFFF;
}

void AppendYamlEscape(char32_t value, std::string& out) {
  const auto code = static_cast<std::uint32_t>(value);
  if (code <= 0xFF) {
    fmt::format_to(std::back_inserter(out), "\\x{:02X}", code);
  } else {
    fmt::format_to(std::back_inserter(out), "\\u{:04X}", code);
  }
}

void AppendDoubleQuoted(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t position = 0; position < text.size();) {
    const support::CodePoint point = support::DecodeUtf8(text, position);
    if (!point.well_formed) {
      out += support::kReplacementCharacter;
    } else if (const auto escape = support::ShortEscape(point.value); !escape.empty()) {
      out += escape;
    } else if (IsKeptRaw(point.value)) {
      out += text.substr(position, point.length);
    } else {
      AppendYamlEscape(point.value, out);
    }
    position += point.length;
  }
  out += '"';
}

}  // namespace

void AppendYamlScalar(std::string_view text, std::string& out) {
  const unsigned classes = ClassesIn(text);
  if (text.empty() || (classes & kUnprintable) != 0 || HasAnotherMeaning(text)) {
    AppendDoubleQuoted(text, out);
  } else if (BreaksPlainSyntax(text, classes)) {
    AppendSingleQuoted(text, out);
  } else {
    out += text;
  }
}

}  // namespace ecsd::core
