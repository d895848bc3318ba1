#include "support/utf8.h"

#include <gtest/gtest.h>

namespace ecsd::support {
namespace {

TEST(DecodeUtf8Test, TakesACharacterOrTheLongestBeginningOfOne) {
  struct Case {
    const char* text;
    CodePoint point;
  };
  for (const auto& [text, point] :
       {Case{"a", {.value = U'a', .length = 1, .well_formed = true}},
        {"\xC3\xA4", {.value = 0xE4, .length = 2, .well_formed = true}},
        {"\xF0\x9F\x98\x80", {.value = 0x1F600, .length = 4, .well_formed = true}},
        {"\xF0\x9F\x98", {.value = 0, .length = 3, .well_formed = false}},
        {"\xED\xA0\x80", {.value = 0, .length = 1, .well_formed = false}},
        {"\x80", {.value = 0, .length = 1, .well_formed = false}}}) {
    EXPECT_EQ(DecodeUtf8(text, 0), point) << text;
  }
}

TEST(IsInvisibleTest, IsTrueForWhatATerminalObeys) {
  for (const char32_t value :
       {U'\0', U'\x1B', U'\x7F', U'\x9B', U'\u200E', U'\u2028', U'\u202E', U'\u2069'}) {
    EXPECT_TRUE(IsInvisible(value)) << static_cast<unsigned>(value);
  }
  for (const char32_t value : {U' ', U'~', U'\u00A0', U'\u200D', U'\u2070', U'\U0001F600'}) {
    EXPECT_FALSE(IsInvisible(value)) << static_cast<unsigned>(value);
  }
}

TEST(ShortEscapeTest, IsABackslashAndOneCharacter) {
  EXPECT_EQ(ShortEscape(U'"'), R"(\")");
  EXPECT_EQ(ShortEscape(U'\\'), R"(\\)");
  EXPECT_EQ(ShortEscape(U'\n'), R"(\n)");
  EXPECT_EQ(ShortEscape(U'\t'), R"(\t)");
  EXPECT_EQ(ShortEscape(U'a'), "");
  EXPECT_EQ(ShortEscape(0x1B), "");
}

}  // namespace
}  // namespace ecsd::support
