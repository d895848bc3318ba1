#pragma once

#include <cstddef>
#include <string_view>

namespace ecsd::core {

// U+FFFD in UTF-8: what stands for bytes that are not UTF-8.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// One step through bytes that ought to be UTF-8.
struct CodePoint {
  char32_t value = 0;
  // The bytes it takes. Of an ill-formed sequence, the maximal part that could have begun a
  // character (Unicode 15, section 3.9, "U+FFFD substitution of maximal subparts").
  std::size_t length = 1;
  bool well_formed = false;
};

// The code point at `position`. Requires: position < text.size().
[[nodiscard]] CodePoint DecodeUtf8(std::string_view text, std::size_t position);

}  // namespace ecsd::core
