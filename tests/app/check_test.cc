#include "app/check.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace ecsd::app {
namespace {

Check In(CheckState state, std::string text = "found") {
  return {.state = state, .name = "thing", .text = std::move(text), .fix = {}};
}

TEST(RenderChecksTest, HasALineForEachCheckAndTheSummary) {
  auto bad = In(CheckState::kFailed, "broken");
  bad.fix = "mend it";
  EXPECT_EQ(RenderChecks(std::vector{In(CheckState::kGood), bad, NotChecked("other", "no tasks")}),
            "ok    thing  found\n"
            "FAIL  thing  broken; fix: mend it\n"
            "skip  other  not checked: no tasks\n"
            "1 check passed, 1 failed, 1 not checked\n");
}

TEST(SummaryTest, LeavesOutWhatThereIsNoneOf) {
  EXPECT_EQ(Summary({}), "0 checks passed, 0 failed");
  EXPECT_EQ(Summary(std::vector{In(CheckState::kGood), In(CheckState::kGood),
                                In(CheckState::kWarning), NotChecked("other", "no tasks")}),
            "2 checks passed, 1 with a warning, 0 failed, 1 not checked");
}

TEST(RenderChecksJsonTest, HasTheSummaryAsItsLastObject) {
  auto good = In(CheckState::kGood);
  good.details = {{"region", "eu-west-1"}};
  const auto json =
      nlohmann::json::parse(RenderChecksJson(std::vector{good, NotChecked("other", "no tasks")}));
  ASSERT_EQ(json.size(), 3U);
  EXPECT_EQ(json[0], (nlohmann::json{{"state", "ok"},
                                     {"name", "thing"},
                                     {"text", "found"},
                                     {"fix", ""},
                                     {"region", "eu-west-1"}}));
  EXPECT_EQ(json[1]["state"], "skip");
  EXPECT_EQ(json[2]["name"], "summary");
  EXPECT_EQ(json[2]["state"], "ok");
  EXPECT_EQ(json[2]["text"], "1 check passed, 0 failed, 1 not checked");
  EXPECT_EQ(json[2]["not_checked"], "1");
}

TEST(AllGoodTest, ForgivesWarningsAndWhatWasNotChecked) {
  EXPECT_TRUE(AllGood(std::vector{In(CheckState::kWarning), NotChecked("other", "no tasks")}));
  EXPECT_FALSE(AllGood(std::vector{In(CheckState::kFailed)}));
}

}  // namespace
}  // namespace ecsd::app
