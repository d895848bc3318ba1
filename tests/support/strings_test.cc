#include "support/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace ecsd::support {
namespace {

TEST(TrimTest, CutsAsciiWhiteSpaceAtBothEnds) {
  EXPECT_EQ(Trim(" \t\r\n a b\v\f"), "a b");
  EXPECT_EQ(Trim("   "), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(CaseTest, ChangesAsciiLettersOnly) {
  EXPECT_EQ(ToLower("AbZ-\xC3\x84"), "abz-\xC3\x84");
  EXPECT_EQ(ToUpper("aBz-1"), "ABZ-1");
}

TEST(WithThousandsTest, PutsACommaBeforeThreeDigits) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(4200), "4,200");
  EXPECT_EQ(WithThousands(1234567), "1,234,567");
}

TEST(ParseDecimalTest, TakesDigitsOnly) {
  EXPECT_EQ(ParseDecimal("0"), 0);
  EXPECT_EQ(ParseDecimal("08080"), 8080);
  EXPECT_EQ(ParseDecimal("9223372036854775807"), INT64_MAX);
  for (const auto* text : {"", "-1", "+1", " 1", "1 ", "1e3", "0x1", "9223372036854775808"}) {
    EXPECT_EQ(ParseDecimal(text), std::nullopt) << text;
  }
}

TEST(SplitLinesTest, DropsLineEndsAndEmptyLines) {
  EXPECT_THAT(SplitLines("a\r\n\nb\nc"), testing::ElementsAre("a", "b", "c"));
}

TEST(HideUserInfoTest, HidesWhatStandsBeforeAHost) {
  EXPECT_EQ(HideUserInfo("http://u:p@ss@host:1/x@y: refused"), "http://***@host:1/x@y: refused");
  EXPECT_EQ(HideUserInfo("a://b@c, d://e@f"), "a://***@c, d://***@f");
  EXPECT_EQ(HideUserInfo("https://host/ user@host"), "https://host/ user@host");
  EXPECT_EQ(HideUserInfo(""), "");
}

TEST(OneLineTest, HidesWhatATerminalObeys) {
  EXPECT_EQ(OneLine("a\xC2\x9B"
                    "b\xE2\x80\xAE"
                    "c\xE2\x81\xA6"
                    "d\xC3\xA4",
                    40),
            "a b c d\xC3\xA4");
}

TEST(OneLineTest, HidesControlBytesAndShowsTheCut) {
  EXPECT_EQ(OneLine("a\nb\x7F", 10), "a b ");
  EXPECT_EQ(OneLine("abcdef", 3), "abc...");
}

}  // namespace
}  // namespace ecsd::support
