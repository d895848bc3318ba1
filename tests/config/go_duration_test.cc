#include "config/go_duration.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace ecsd::config {
namespace {

// The expectations are what Go's own package time answers (go1.26.8): a throwaway program ran it
// over these inputs.
struct ParseCase {
  std::string_view text;
  std::string_view answer;  // nanoseconds, or the error
};

constexpr auto kParseCases = std::to_array<ParseCase>({
    {"0", "0"},
    {"+0", "0"},
    {"-0", "0"},
    {"0s", "0"},
    {"5s", "5000000000"},
    {"+5s", "5000000000"},
    {"-5s", "-5000000000"},
    {"1m0s", "60000000000"},
    {"90s", "90000000000"},
    {"1h30m", "5400000000000"},
    {"500ms", "500000000"},
    {"1.5h", "5400000000000"},
    {"1478s", "1478000000000"},
    {"5.0s", "5000000000"},
    {"5.6s", "5600000000"},
    {"5.s", "5000000000"},
    {".5s", "500000000"},
    {"1.0s", "1000000000"},
    {"1.004s", "1004000000"},
    {"1.0040s", "1004000000"},
    {"100.00100s", "100001000000"},
    {"10ns", "10"},
    {"11us", "11000"},
    {"12\xC2\xB5s", "12000"},
    {"12\xCE\xBCs", "12000"},
    {"13ms", "13000000"},
    {"-2m3.4s", "-123400000000"},
    {"1h2m3s4ms5us6ns", "3723004005006"},
    {"39h9m14.425s", "140954425000000"},
    {"10.5s4m", "250500000000"},
    {"52763797000ns", "52763797000"},
    {"0.3333333333333333333h", "1200000000000"},
    {"0.100000000000000000000h", "360000000000"},
    {"9007199254740993ns", "9007199254740993"},
    {"9223372036854775807ns", "9223372036854775807"},
    {"9223372036854775.807us", "9223372036854775807"},
    {"9223372036s854ms775us807ns", "9223372036854775807"},
    {"-9223372036854775808ns", "-9223372036854775808"},
    {"-9223372036854775.808us", "-9223372036854775808"},
    {"-2562047h47m16.854775808s", "-9223372036854775808"},
    {"9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""},
    {"-9223372036854775809ns", "time: invalid duration \"-9223372036854775809ns\""},
    {"9223372036854775.808us", "time: invalid duration \"9223372036854775.808us\""},
    {"9223372036854ms775us808ns", "time: invalid duration \"9223372036854ms775us808ns\""},
    {"99999999999999999999s", "time: invalid duration \"99999999999999999999s\""},
    {"3000000h", "time: invalid duration \"3000000h\""},
    {"2562047h47m16.854775808s", "time: invalid duration \"2562047h47m16.854775808s\""},
    {"", "time: invalid duration \"\""},
    {" ", "time: invalid duration \" \""},
    {"5", "time: missing unit in duration \"5\""},
    {"-", "time: invalid duration \"-\""},
    {"+", "time: invalid duration \"+\""},
    {"s", "time: invalid duration \"s\""},
    {".", "time: invalid duration \".\""},
    {"-.", "time: invalid duration \"-.\""},
    {".s", "time: invalid duration \".s\""},
    {"+.s", "time: invalid duration \"+.s\""},
    {"3000", "time: missing unit in duration \"3000\""},
    {"1d", "time: unknown unit \"d\" in duration \"1d\""},
    {"5x", "time: unknown unit \"x\" in duration \"5x\""},
    {"5S", "time: unknown unit \"S\" in duration \"5S\""},
    {"1h 30m", "time: unknown unit \"h \" in duration \"1h 30m\""},
    {" 5s", "time: invalid duration \" 5s\""},
    {"5s ", "time: unknown unit \"s \" in duration \"5s \""},
    {"1e3s", "time: unknown unit \"e\" in duration \"1e3s\""},
    {"--5s", "time: invalid duration \"--5s\""},
    {"5s-3s", "time: unknown unit \"s-\" in duration \"5s-3s\""},
    {"0x10s", "time: unknown unit \"x\" in duration \"0x10s\""},
    {"1m30", "time: missing unit in duration \"1m30\""},
    {std::string_view("5\x00s", 3), "time: unknown unit \"\\x00s\" in duration \"5\\x00s\""},
    {"5\xC2\xB5", "time: unknown unit \"\\xc2\\xb5\" in duration \"5\\xc2\\xb5\""},
    {"5\xFFs", "time: unknown unit \"\\xffs\" in duration \"5\\xffs\""},
    {"\x85\x85", "time: invalid duration \"\\x85\\x85\""},
    {"5\"s", "time: unknown unit \"\\\"s\" in duration \"5\\\"s\""},
    {"5\\s", "time: unknown unit \"\\\\s\" in duration \"5\\\\s\""},
});

TEST(ParseGoDurationTest, AnswersAsGoDoes) {
  for (const auto& [text, answer] : kParseCases) {
    const auto parsed = ParseGoDuration(text);
    EXPECT_EQ(parsed ? std::to_string(parsed->count()) : parsed.error().message, answer)
        << "for " << testing::PrintToString(text);
  }
}

TEST(ParseGoDurationTest, CallsABadDurationAConfigurationError) {
  EXPECT_EQ(ParseGoDuration("soon").error().kind, support::ErrorKind::kConfig);
}

struct FormatCase {
  std::int64_t nanoseconds;
  std::string_view text;
};

constexpr auto kFormatCases = std::to_array<FormatCase>({
    {0, "0s"},
    {1, "1ns"},
    {1100, "1.1\xC2\xB5s"},
    {2200000, "2.2ms"},
    {500000000, "500ms"},
    {1500000000, "1.5s"},
    {3300000000, "3.3s"},
    {60000000000, "1m0s"},
    {300000000000, "5m0s"},
    {245000000000, "4m5s"},
    {245001000000, "4m5.001s"},
    {18367001000000, "5h6m7.001s"},
    {90000000000, "1m30s"},
    {5400000000000, "1h30m0s"},
    {3600000000000, "1h0m0s"},
    {480000000001, "8m0.000000001s"},
    {-1, "-1ns"},
    {-60000000000, "-1m0s"},
    {9223372036854775807, "2562047h47m16.854775807s"},
    {std::numeric_limits<std::int64_t>::min(), "-2562047h47m16.854775808s"},
});

TEST(FormatGoDurationTest, WritesAsGoDoes) {
  for (const auto& [nanoseconds, text] : kFormatCases) {
    EXPECT_EQ(FormatGoDuration(std::chrono::nanoseconds(nanoseconds)), text);
  }
}

TEST(FormatGoDurationTest, WritesWhatParsesToTheSameDuration) {
  for (const auto& [nanoseconds, text] : kFormatCases) {
    EXPECT_EQ(ParseGoDuration(text).value().count(), nanoseconds) << text;
  }
}

}  // namespace
}  // namespace ecsd::config
