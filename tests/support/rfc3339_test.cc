#include "support/rfc3339.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace ecsd::support {
namespace {

using namespace std::chrono_literals;

std::optional<long> Seconds(const std::string& text) {
  const auto time = ParseRfc3339(text);
  if (!time) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count();
}

TEST(ParseRfc3339Test, ReadsUtcOffsetsAndFractions) {
  EXPECT_EQ(Seconds("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(Seconds("2026-01-02T03:04:05Z"), 1767323045);
  EXPECT_EQ(Seconds("2026-01-02T03:04:05.999999999Z"), 1767323045);
  EXPECT_EQ(Seconds("2026-01-02T05:04:05+02:00"), 1767323045);
  EXPECT_EQ(Seconds("2026-01-01T22:34:05-04:30"), 1767323045);
  EXPECT_EQ(*ParseRfc3339("1970-01-01T00:00:00.25Z") - SystemTime(), 250ms);
}

// These used to overflow, and the keys of a role counted as expired long ago.
TEST(ParseRfc3339Test, TakesATimeThatCannotBeHeldForTheLastOrFirstOneThatCan) {
  EXPECT_GT(*ParseRfc3339("9999-12-31T23:59:59Z"), *ParseRfc3339("2260-01-01T00:00:00Z"));
  EXPECT_LT(*ParseRfc3339("0001-01-01T00:00:00Z"), *ParseRfc3339("1700-01-01T00:00:00Z"));
}

TEST(ParseRfc3339Test, RefusesAnythingElse) {
  for (const auto* text : {"", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z",
                           "2026-02-30T03:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02T03:04:05.Z",
                           "2026-01-02T03:04:05Zx", "-026-01-02T03:04:05Z", "1767323045"}) {
    EXPECT_EQ(Seconds(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ecsd::support
