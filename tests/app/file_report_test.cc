#include "app/file_report.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/result.h"
#include "telemetry/log.h"
#include "testing/fake_clock.h"

namespace ecsd::app {
namespace {

using namespace std::chrono_literals;

class FileReportTest : public testing::Test {
 protected:
  // What is logged when a write fails so, a minute after the last.
  std::string Fail(const std::string& message) {
    clock_.Advance(1min);
    testing::internal::CaptureStderr();
    report_.Failed({.kind = support::ErrorKind::kIo, .message = message});
    return testing::internal::GetCapturedStderr();
  }
  std::string Write(const std::string& other_writer = {}) {
    testing::internal::CaptureStderr();
    report_.Written(other_writer);
    return testing::internal::GetCapturedStderr();
  }

  test::FakeClock clock_;
  telemetry::Log log_{telemetry::LogLevel::kInfo, telemetry::LogFormat::kLogfmt};
  FileReport report_{clock_, log_};
};

TEST_F(FileReportTest, SpeaksWhenAFailureBeginsAndWhenItEnds) {
  EXPECT_NE(Fail("disk full").find("the output file could not be written"), std::string::npos);
  EXPECT_EQ(Fail("disk full"), "");
  EXPECT_NE(Write().find("the output file can be written again"), std::string::npos);
  EXPECT_EQ(Write(), "");
}

TEST_F(FileReportTest, RemindsOfAFailureThatLasts) {
  EXPECT_NE(Fail("disk full"), "");
  std::string said;
  for (int i = 0; i < 16; ++i) said += Fail("disk full");
  EXPECT_NE(said.find("times=16"), std::string::npos) << said;
}

TEST_F(FileReportTest, RemindsOfAnotherWriterThatTheSinkHasReported) {
  EXPECT_EQ(Write("two writers"), "");
  EXPECT_EQ(Write("two writers"), "");
  clock_.Advance(15min);
  const auto said = Write("two writers");
  EXPECT_NE(said.find("two writers"), std::string::npos) << said;
  EXPECT_NE(said.find("times=3"), std::string::npos) << said;
  EXPECT_EQ(Write(), "") << "the other one stopped: nothing to say";
}

}  // namespace
}  // namespace ecsd::app
