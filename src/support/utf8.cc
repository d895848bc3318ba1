#include "support/utf8.h"

#include <cstddef>
#include <string_view>

namespace ecsd::support {
namespace {

// What a leading byte promises: how many bytes follow it, and the range of the first of them, which
// rules out overlong forms, surrogates and what lies beyond U+10FFFF (Unicode 15, table 3-7).
struct Lead {
  std::size_t following = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

Lead LeadOf(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {.following = 1};
  if (byte == 0xE0) return {.following = 2, .low = 0xA0};
  if (byte == 0xED) return {.following = 2, .high = 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {.following = 2};
  if (byte == 0xF0) return {.following = 3, .low = 0x90};
  if (byte == 0xF4) return {.following = 3, .high = 0x8F};
  if (byte >= 0xF1 && byte <= 0xF3) return {.following = 3};
  return {};
}

}  // namespace

CodePoint DecodeUtf8(std::string_view text, std::size_t position) {
  const auto first = static_cast<unsigned char>(text[position]);
  if (first < 0x80) return {.value = first, .length = 1, .well_formed = true};
  Lead lead = LeadOf(first);
  if (lead.following == 0) return {};
  char32_t value = first & (0x3FU >> lead.following);
  for (std::size_t length = 1; length <= lead.following; ++length) {
    if (position + length >= text.size()) return {.length = length};
    const auto next = static_cast<unsigned char>(text[position + length]);
    if (next < lead.low || next > lead.high) return {.length = length};
    lead.low = 0x80;
    lead.high = 0xBF;
    value = (value << 6U) | (next & 0x3FU);
  }
  return {.value = value, .length = lead.following + 1, .well_formed = true};
}

bool IsInvisible(char32_t value) {
  const auto within = [value](char32_t low, char32_t high) {
    return value >= low && value <= high;
  };
  return value < 0x20 || within(0x7F, 0x9F) || within(0x200E, 0x200F) || within(0x2028, 0x202E) ||
         within(0x2066, 0x2069);
}

std::string_view ShortEscape(char32_t value) {
  switch (value) {
    case U'"':
      return R"(\")";
    case U'\\':
      return R"(\\)";
    case U'\n':
      return R"(\n)";
    case U'\r':
      return R"(\r)";
    case U'\t':
      return R"(\t)";
    default:
      return {};
  }
}

}  // namespace ecsd::support
