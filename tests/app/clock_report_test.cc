#include "app/clock_report.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "telemetry/log.h"
#include "testing/fake_clock.h"

namespace ecsd::app {
namespace {

// The log, without times, of looks at these offsets in seconds.
std::string LogOf(const std::vector<std::optional<int>>& offsets) {
  const telemetry::Log log(telemetry::LogLevel::kInfo, telemetry::LogFormat::kLogfmt);
  const test::FakeClock clock;
  ClockReport report(clock, log);
  testing::internal::CaptureStderr();
  for (const auto& offset : offsets) {
    report.Look(offset ? std::optional(std::chrono::seconds(*offset)) : std::nullopt);
  }
  return std::regex_replace(testing::internal::GetCapturedStderr(), std::regex("ts=\\S+ "), "");
}

constexpr auto kAhead =
    "level=warn msg=\"the local clock is wrong; set it, for AWS refuses calls from five minutes "
    "on\" seconds=60 direction=ahead\n";
constexpr auto kBehind =
    "level=warn msg=\"the local clock is wrong; set it, for AWS refuses calls from five minutes "
    "on\" seconds=400 direction=behind\n";
constexpr auto kRight = "level=info msg=\"the local clock is right again\"\n";

TEST(ClockReportTest, SaysNothingOfAClockThatIsNearlyRight) {
  EXPECT_EQ(LogOf({std::nullopt, 0, 59, -59}), "");
}

TEST(ClockReportTest, SaysOnceThatTheClockIsWrongUntilItIsRightAgain) {
  EXPECT_EQ(LogOf({60, 61, 59, std::nullopt, 60}), kAhead);
  EXPECT_EQ(LogOf({-400, 30, -400}), std::string(kBehind) + kRight + kBehind);
}

}  // namespace
}  // namespace ecsd::app
