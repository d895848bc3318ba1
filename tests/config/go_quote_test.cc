#include "config/go_quote.h"

#include <gtest/gtest.h>

#include <string_view>

namespace ecsd::config {
namespace {

TEST(QuoteGoAsciiTest, EscapesWhatIsNotPrintableAscii) {
  EXPECT_EQ(QuoteGoAscii(""), R"("")");
  EXPECT_EQ(QuoteGoAscii("a b"), R"("a b")");
  EXPECT_EQ(QuoteGoAscii(R"(say "\x")"), R"("say \"\\x\"")");
  EXPECT_EQ(QuoteGoAscii("\a\b\f\n\r\t\v"), R"("\a\b\f\n\r\t\v")");
  EXPECT_EQ(QuoteGoAscii(std::string_view("\0\x1b[2J\x7f", 6)), R"("\x00\x1b[2J\x7f")");
  EXPECT_EQ(QuoteGoAscii("\xC2\xB5\xFF"), R"("\xc2\xb5\xff")");
}

}  // namespace
}  // namespace ecsd::config
