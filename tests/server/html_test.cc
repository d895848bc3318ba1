#include "server/html.h"

#include <gtest/gtest.h>

namespace ecsd::server {
namespace {

TEST(EscapedTest, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(Escaped("<b a='1' c=\"2\">&amp;"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;");
}

TEST(EscapedTest, ShowsInvisibleCharactersAsSpacesAndBrokenBytesAsReplacements) {
  EXPECT_EQ(Escaped("a\r\n\x1b[1mb"), "a   [1mb");
  EXPECT_EQ(Escaped("\xE2\x80\xAE"
                    "x"),
            " x");  // turns the direction of the text
  EXPECT_EQ(Escaped("\xC3\xA4\xFF"), "\xC3\xA4\xEF\xBF\xBD");
}

TEST(EscapedWithBreaksTest, LetsALineBreakAfterSeparators) {
  EXPECT_EQ(EscapedWithBreaks("arn:aws: a/<b>=\xC3\xA4"),
            "arn:<wbr>aws: a/<wbr>&lt;b&gt;=<wbr>\xC3\xA4");
  EXPECT_EQ(EscapedWithBreaks("end:"), "end:");
  EXPECT_EQ(EscapedWithBreaks(""), "");
}

}  // namespace
}  // namespace ecsd::server
