#include "telemetry/log_format.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace ecsd::telemetry {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;

constexpr std::chrono::system_clock::time_point kTime =
    sys_days(std::chrono::year(2026) / 1 / 2) + std::chrono::hours(3) + std::chrono::minutes(4) +
    milliseconds(5678);

std::string Logfmt(const std::string& value) {
  const std::vector<Field> fields = {{"key", value}};
  const std::string line = RenderLine(kTime, LogLevel::kInfo, LogFormat::kLogfmt, "m", fields);
  constexpr std::string_view kHead = "ts=2026-01-02T03:04:05.678Z level=info msg=m key=";
  EXPECT_TRUE(line.starts_with(kHead)) << line;
  return line.substr(kHead.size());
}

TEST(RenderLineTest, WritesLogfmtAsPrometheusDoes) {
  const std::vector<Field> fields = {{"path", "ecs_file_sd.yml"}, {"count", "3"}};
  EXPECT_EQ(RenderLine(kTime, LogLevel::kWarn, LogFormat::kLogfmt, "wrote targets", fields),
            "ts=2026-01-02T03:04:05.678Z level=warn msg=\"wrote targets\" path=ecs_file_sd.yml "
            "count=3");
}

TEST(RenderLineTest, WritesJson) {
  const std::vector<Field> fields = {{"path", "ecs_file_sd.yml"}, {"count", "3"}};
  EXPECT_EQ(RenderLine(kTime, LogLevel::kError, LogFormat::kJson, "wrote targets", fields),
            R"({"ts":"2026-01-02T03:04:05.678Z","level":"error","msg":"wrote targets",)"
            R"("path":"ecs_file_sd.yml","count":"3"})");
}

TEST(RenderLineTest, WritesNumbersAndBooleansAsSuch) {
  const std::vector<Field> fields = {{"most", std::numeric_limits<std::uint64_t>::max()},
                                     {"least", std::numeric_limits<std::int64_t>::min()},
                                     {"small", 3},
                                     {"rate", 2.5},
                                     {"never", std::numeric_limits<double>::infinity()},
                                     {"good", true},
                                     {"text", "12"}};
  EXPECT_EQ(RenderLine(kTime, LogLevel::kInfo, LogFormat::kLogfmt, "m", fields),
            "ts=2026-01-02T03:04:05.678Z level=info msg=m most=18446744073709551615 "
            "least=-9223372036854775808 small=3 rate=2.5 never=NaN good=true text=12");
  EXPECT_EQ(RenderLine(kTime, LogLevel::kInfo, LogFormat::kJson, "m", fields),
            R"({"ts":"2026-01-02T03:04:05.678Z","level":"info","msg":"m",)"
            R"("most":18446744073709551615,"least":-9223372036854775808,"small":3,"rate":2.5,)"
            R"("never":null,"good":true,"text":"12"})");
}

TEST(RenderLineTest, WritesALineWithoutFields) {
  EXPECT_EQ(RenderLine(kTime, LogLevel::kDebug, LogFormat::kLogfmt, "up", {}),
            "ts=2026-01-02T03:04:05.678Z level=debug msg=up");
  EXPECT_EQ(RenderLine(kTime, LogLevel::kDebug, LogFormat::kJson, "up", {}),
            R"({"ts":"2026-01-02T03:04:05.678Z","level":"debug","msg":"up"})");
}

TEST(RenderLineTest, WritesTimesBeforeTheEpochAndDropsWhatIsBelowAMillisecond) {
  const std::chrono::system_clock::time_point before{std::chrono::microseconds(-1)};
  EXPECT_EQ(RenderLine(before, LogLevel::kInfo, LogFormat::kLogfmt, "m", {}),
            "ts=1969-12-31T23:59:59.999Z level=info msg=m");
}

TEST(RenderLineTest, QuotesOnlyTheLogfmtValuesThatNeedIt) {
  struct Case {
    std::string value;
    std::string_view text;
  };
  const std::vector<Case> cases = {
      {"", R"("")"},
      {"plain", "plain"},
      {"arn:aws:ecs:eu-west-1:123456789012:cluster/prod",
       "arn:aws:ecs:eu-west-1:123456789012:cluster/prod"},
      {"two words", R"("two words")"},
      {"a=b", R"("a=b")"},
      {R"(say "yes")", R"("say \"yes\"")"},
      {R"(C:\x)", R"(C:\x)"},
      {R"(C:\x y)", R"("C:\\x y")"},
      {"one\ntwo\r\tthree", R"("one\ntwo\r\tthree")"},
      {std::string("\0", 1), R"("\u0000")"},
      {"\x1b[31mred", R"("\u001b[31mred")"},
      {"\x7f", R"("\u007f")"},
      {"gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F"},
      {"\xE2\x82\xAC \xF0\x9F\x98\x80", "\"\xE2\x82\xAC \xF0\x9F\x98\x80\""},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(Logfmt(value), text);
}

TEST(RenderLineTest, EscapesControlCharactersBeyondAscii) {
  EXPECT_EQ(Logfmt("next\xC2\x85line"), R"("next\u0085line")");
  EXPECT_EQ(Logfmt("line\xE2\x80\xA8separator"), R"("line\u2028separator")");
  EXPECT_EQ(Logfmt("left\xE2\x80\x8Eright"), R"("left\u200eright")");
  EXPECT_EQ(Logfmt("turned\xE2\x80\xAEround"), R"("turned\u202eround")");
}

TEST(RenderLineTest, ReplacesEachByteThatIsNotUtf8) {
  const std::vector<std::string> broken = {
      "\xFF",  // never in UTF-8
      "\x80",  // a continuation without a beginning
      "\xC3",  // the end is missing
      "\xC0",  // could only begin an overlong form
      "\xF5",  // beyond U+10FFFF
  };
  for (const std::string& byte : broken) {
    EXPECT_EQ(Logfmt("a" + byte + "b"), R"("a\ufffdb")") << testing::PrintToString(byte);
  }
  EXPECT_EQ(Logfmt("\xED\xA0\x80"), R"("\ufffd\ufffd\ufffd")");            // a surrogate
  EXPECT_EQ(Logfmt("\xE0\x80\xAF"), R"("\ufffd\ufffd\ufffd")");            // `/` in three bytes
  EXPECT_EQ(Logfmt("\xF4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");  // U+110000
}

TEST(RenderLineTest, LetsNoValueForgeALine) {
  const std::string value = "x\nts=2026-01-02T03:04:05.678Z level=error msg=\"forged\"";
  const std::vector<Field> fields = {{"name", value}};
  for (const LogFormat format : {LogFormat::kLogfmt, LogFormat::kJson}) {
    EXPECT_EQ(RenderLine(kTime, LogLevel::kInfo, format, value, fields).find('\n'),
              std::string::npos);
  }
}

TEST(RenderLineTest, WritesJsonThatReadsBackAsTheSameText) {
  std::string every_ascii;
  for (int c = 0; c < 128; ++c) every_ascii += static_cast<char>(c);
  const std::string text = every_ascii + "gr\xC3\xBC\xC3\x9F \xE2\x80\xA8 \xF0\x9F\x98\x80";
  const std::vector<Field> fields = {{"key", text}};

  const auto parsed =
      nlohmann::json::parse(RenderLine(kTime, LogLevel::kInfo, LogFormat::kJson, text, fields));

  EXPECT_EQ(parsed.at("msg"), text);
  EXPECT_EQ(parsed.at("key"), text);
}

}  // namespace
}  // namespace ecsd::telemetry
