#pragma once

#include <cstddef>
#include <string_view>

namespace ecsd::support {

// U+FFFD in UTF-8: what stands for bytes that are not UTF-8.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// One step through bytes that ought to be UTF-8.
struct CodePoint {
  char32_t value = 0;
  // The bytes it takes. Of an ill-formed sequence, the maximal part that could have begun a
  // character (Unicode 15, section 3.9, "U+FFFD substitution of maximal subparts").
  std::size_t length = 1;
  bool well_formed = false;
  friend bool operator==(const CodePoint&, const CodePoint&) = default;
};

// The code point at `position`. Requires: position < text.size().
[[nodiscard]] CodePoint DecodeUtf8(std::string_view text, std::size_t position);

// Whether a terminal would obey `value` instead of showing it: it is a control character, ends a
// line or turns the direction of what follows. None of them may come from outside.
[[nodiscard]] bool IsInvisible(char32_t value);

// What stands for `value` between double quotes, for JSON, YAML and logfmt alike, where that is two
// characters (a backslash and `"`, `\\`, `n`, `r` or `t`); else nothing.
[[nodiscard]] std::string_view ShortEscape(char32_t value);

}  // namespace ecsd::support
