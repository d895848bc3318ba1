#include "app/call_report.h"

#include <gtest/gtest.h>

#include "aws/limiter.h"

namespace ecsd::app {
namespace {

TEST(CallReportTest, SaysWhatIsNewSinceTheLastTime) {
  const aws::LimitScope here{.account = {}, .region = "eu-west-1"};
  const aws::LimitScope there{.account = {}, .region = "eu-west-2"};
  CallReport report;
  EXPECT_EQ(report.Next({}), "none");
  EXPECT_EQ(report.Next({{.scope = here, .bucket = "b", .calls = 2},
                         {.scope = here, .bucket = "a", .calls = 1},
                         {.scope = there, .bucket = "b", .calls = 3}}),
            "a=1 b=5");
  EXPECT_EQ(report.Next({{.scope = here, .bucket = "b", .calls = 4, .throttled = 1},
                         {.scope = here, .bucket = "a", .calls = 1},
                         {.scope = there, .bucket = "b", .calls = 3}}),
            "b=2 throttled=1");
  EXPECT_EQ(report.Next({{.scope = here, .bucket = "b", .calls = 4, .throttled = 1},
                         {.scope = here, .bucket = "a", .calls = 1},
                         {.scope = there, .bucket = "b", .calls = 3}}),
            "none");
}

}  // namespace
}  // namespace ecsd::app
