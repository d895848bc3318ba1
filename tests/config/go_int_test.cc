#include "config/go_int.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace ecsd::config {
namespace {

// The expectations are what Go's own package strconv answers (go1.26.8): a throwaway program ran it
// over these inputs.
struct Case {
  std::string_view text;
  std::string_view answer;  // the number, or the error as package flag words it
};

constexpr auto kCases = std::to_array<Case>({
    {"", "parse error"},
    {"0", "0"},
    {"-0", "0"},
    {"+0", "0"},
    {"7", "7"},
    {"+7", "7"},
    {"-7", "-7"},
    {"0x10", "16"},
    {"0X1f", "31"},
    {"-0x10", "-16"},
    {"0b101", "5"},
    {"0B11", "3"},
    {"0o17", "15"},
    {"0O17", "15"},
    {"017", "15"},
    {"00", "0"},
    {"08", "parse error"},
    {"0x", "parse error"},
    {"0b", "parse error"},
    {"0o", "parse error"},
    {"0b2", "parse error"},
    {"0o8", "parse error"},
    {"0xg", "parse error"},
    {"1_000", "1000"},
    {"1__0", "parse error"},
    {"_1", "parse error"},
    {"1_", "parse error"},
    {"0_7", "7"},
    {"0_", "parse error"},
    {"_", "parse error"},
    {"-_1", "parse error"},
    {"0x_1f", "31"},
    {"0x1_f", "31"},
    {"0x_", "parse error"},
    {"0x1_", "parse error"},
    {"0b_1", "1"},
    {"0_8", "parse error"},
    {"0_x1", "parse error"},
    {"+", "parse error"},
    {"-", "parse error"},
    {"+-1", "parse error"},
    {"--1", "parse error"},
    {" 1", "parse error"},
    {"1 ", "parse error"},
    {"1.0", "parse error"},
    {"1e3", "parse error"},
    {"abc", "parse error"},
    {"9223372036854775807", "9223372036854775807"},
    {"9223372036854775808", "value out of range"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"-9223372036854775809", "value out of range"},
    {"18446744073709551616", "value out of range"},
    {"99999999999999999999x", "value out of range"},
    {"0x7fffffffffffffff", "9223372036854775807"},
    {"-0x8000000000000000", "-9223372036854775808"},
    {"0xffffffffffffffff", "value out of range"},
    {"0x1ffffffffffffffff", "value out of range"},
    {"\xD9\xA1", "parse error"},
});

TEST(ParseGoIntTest, AnswersAsGoDoes) {
  for (const auto& [text, answer] : kCases) {
    const auto parsed = ParseGoInt(text);
    EXPECT_EQ(parsed ? std::to_string(*parsed) : parsed.error().message, answer)
        << "for " << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace ecsd::config
