#include "telemetry/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace ecsd::telemetry {
namespace {

TEST(LogTest, WritesOneLineOnStandardError) {
  const Log log(LogLevel::kInfo, LogFormat::kLogfmt);
  testing::internal::CaptureStderr();
  log.Info("wrote targets", {{"count", "3"}});
  const std::string text = testing::internal::GetCapturedStderr();

  const std::regex line(
      R"(ts=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info msg="wrote targets" count=3\n)");
  EXPECT_TRUE(std::regex_match(text, line)) << text;
}

TEST(LogTest, LeavesOutWhatIsBelowItsLevel) {
  const Log log(LogLevel::kWarn, LogFormat::kLogfmt);
  testing::internal::CaptureStderr();
  log.Debug("a");
  log.Info("b");
  log.Warn("c");
  log.Error("d");
  const std::string text = testing::internal::GetCapturedStderr();

  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
  EXPECT_THAT(text, testing::HasSubstr("level=warn msg=c\n"));
  EXPECT_THAT(text, testing::HasSubstr("level=error msg=d\n"));
  EXPECT_FALSE(log.enabled(LogLevel::kInfo));
  EXPECT_TRUE(log.enabled(LogLevel::kWarn));
}

TEST(LogTest, WritesLinesAboveTheStatus) {
  const Log log(LogLevel::kInfo, LogFormat::kLogfmt);
  testing::internal::CaptureStderr();
  log.ShowStatus("reading: 1");
  log.ShowStatus("reading: 2");
  log.Info("a");
  log.ShowStatus({});
  log.Info("b");
  const std::string text = testing::internal::GetCapturedStderr();

  const std::regex all(
      "reading: 1\r\x1b\\[Kreading: 2\r\x1b\\[Kts=\\S+ level=info msg=a\nreading: 2\r\x1b\\[K"
      "ts=\\S+ level=info msg=b\n");
  EXPECT_TRUE(std::regex_match(text, all)) << text;
}

// spdlog would read braces and percent signs as formats of its own.
TEST(LogTest, TakesTextAsItIs) {
  const Log log(LogLevel::kInfo, LogFormat::kJson);
  testing::internal::CaptureStderr();
  log.Info("{} %v {0:d} %s", {{"key", "{}%n"}});
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr(R"("msg":"{} %v {0:d} %s","key":"{}%n"})"));
}

TEST(LogTest, WritesWholeLinesFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  const std::string value(300, 'v');
  const Log log(LogLevel::kInfo, LogFormat::kLogfmt);
  testing::internal::CaptureStderr();
  {
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < kLines; ++j) log.Info("m", {{"key", value}});
      });
    }
  }
  const std::string text = testing::internal::GetCapturedStderr();

  const std::string end = " level=info msg=m key=" + value;
  int whole = 0;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t line_end = text.find('\n', from);
    ASSERT_NE(line_end, std::string::npos);
    const std::string line = text.substr(from, line_end - from);
    EXPECT_TRUE(line.starts_with("ts=") && line.ends_with(end) && line.size() == 27 + end.size())
        << line;
    ++whole;
    from = line_end + 1;
  }
  EXPECT_EQ(whole, kThreads * kLines);
}

// The log goes to a pipe whose reader has ended, as with `2>&1 | head`.
TEST(LogTest, SurvivesAReaderThatIsGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  close(ends[0]);
  const int saved = dup(STDERR_FILENO);
  ASSERT_EQ(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
  const Log log(LogLevel::kInfo, LogFormat::kLogfmt);
  log.Error("nobody reads this");
  dup2(saved, STDERR_FILENO);
  close(saved);
  close(ends[1]);
}

}  // namespace
}  // namespace ecsd::telemetry
