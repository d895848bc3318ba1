#include "aws/small_file.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/temporary_directory.h"

namespace ecsd::aws {
namespace {

using namespace std::string_literals;
using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;

using Variables = std::map<std::string, std::string, std::less<>>;

// `text` in UTF-16, or in UTF-32 where `width` is 4.
std::string Wide(std::string_view text, bool big_endian, std::size_t width = 2) {
  std::string wide;
  for (const char c : text) {
    std::string unit(width, '\0');
    (big_endian ? unit.back() : unit.front()) = c;
    wide += unit;
  }
  return wide;
}

constexpr std::string_view kText = "[default]\r\naws_access_key_id = AKIA\r\n";

class SmallFileTest : public testing::Test {
 protected:
  [[nodiscard]] Failed FailOn(const std::string& bytes) {
    return FailureOf(ReadSmallFile(directory.Write("file", bytes)));
  }
  [[nodiscard]] std::string Read(const std::string& bytes) {
    return Must(ReadSmallFile(directory.Write("file", bytes))).value_or("none");
  }

  test::TemporaryDirectory directory;
  const std::string file = directory.Write("file", "");
};

TEST_F(SmallFileTest, NamesAnEncodingThatIsNotUtf8) {
  for (const auto& [bytes, encoding] : std::vector<std::pair<std::string, std::string>>{
           {"\xFF\xFE" + Wide(kText, false), "UTF-16"},
           {"\xFE\xFF" + Wide(kText, true), "UTF-16"},
           {Wide(kText, false), "UTF-16"},
           {Wide(kText, true), "UTF-16"},
           {"\xFF\xFE", "UTF-16"},
           {Wide("[a]", false), "UTF-16"},
           {"\xFF\xFE\0\0"s + Wide(kText, false, 4), "UTF-32"},
           {"\0\0\xFE\xFF"s + Wide(kText, true, 4), "UTF-32"}}) {
    EXPECT_EQ(FailOn(bytes), (Failed{.kind = ErrorKind::kConfig,
                                     .message = file + ": is " + encoding + "; save it as UTF-8"}));
  }
}

TEST_F(SmallFileTest, TakesEverythingElse) {
  for (const auto& bytes :
       {""s, "a"s, "ab"s, std::string(kText), "\xC3\xA4"s, "\xFF"s, "\0"s, "\x30\x82\0\0\x05"s}) {
    EXPECT_EQ(Read(bytes), bytes);
  }
}

// Notepad and PowerShell write it before UTF-8.
TEST_F(SmallFileTest, LeavesTheByteOrderMarkOfUtf8Out) {
  EXPECT_EQ(Read("\xEF\xBB\xBFtoken"), "token");
  EXPECT_EQ(Read("\xEF\xBB\xBF"), "");
}

TEST_F(SmallFileTest, SaysSoForConfigAndCredentials) {
  const auto wide = directory.Write("wide", "\xFF\xFE" + Wide(kText, false));
  const auto fail = [&](const std::string& variable) {
    return FailureOf(ReadSharedFiles(ChooseProfile(Environment(Variables{{variable, wide}}), "")))
        .message;
  };
  EXPECT_EQ(fail("AWS_CONFIG_FILE"), wide + ": is UTF-16; save it as UTF-8");
  EXPECT_EQ(fail("AWS_SHARED_CREDENTIALS_FILE"), wide + ": is UTF-16; save it as UTF-8");
}

}  // namespace
}  // namespace ecsd::aws
