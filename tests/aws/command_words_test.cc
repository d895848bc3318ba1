#include "aws/command_words.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using test::Failed;
using test::FailureOf;
using test::Must;

using Words = std::vector<std::string>;

// What Python's shlex.split gives, as botocore splits credential_process.
TEST(SplitCommandTest, SplitsAsBotocoreDoes) {
  for (const auto& [text, words] : std::vector<std::pair<std::string, Words>>{
           {"", {}},
           {"  \t ", {}},
           {"a", {"a"}},
           {" /bin/tool  --json\tx ", {"/bin/tool", "--json", "x"}},
           {R"("C d" 'e f')", {"C d", "e f"}},
           {R"(a"b c"d'e f'g)", {"ab cde fg"}},
           {R"('' "")", {"", ""}},
           {R"(a\ b \"c)", {"a b", "\"c"}},
           {R"("a\"b\\c\d")", {R"(a"b\c\d)"}},
           {R"('a\b')", {R"(a\b)"}},
           {"$HOME ~ * | ; # x", {"$HOME", "~", "*", "|", ";", "#", "x"}}}) {
    EXPECT_EQ(Must(SplitCommand(text)), words) << text;
  }
}

TEST(SplitCommandTest, RefusesWhatIsNotClosedAndQuotesNothing) {
  for (const auto* text : {"a 'secret", "\"secret", "a \"b' secret"}) {
    EXPECT_EQ(FailureOf(SplitCommand(text)),
              (Failed{.kind = support::ErrorKind::kConfig, .message = "a quote is not closed"}));
  }
  EXPECT_EQ(FailureOf(SplitCommand("secret\\")).message, "a backslash is the last character");
}

}  // namespace
}  // namespace ecsd::aws
