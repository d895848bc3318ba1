#include "discovery/describe_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const DescribeRules kRules{.now = kStart + 1h, .rediscover_within = 10min, .interval = 1min};

class DescribePlanTest : public testing::Test {
 protected:
  // A settled task that was described a minute ago.
  TrackedTask Known(int number, Settlement settlement = Settlement::kSettled) {
    auto tracked = ATarget(number, shared_, After(0)).tracked;
    tracked.described = kRules.now - 1min;
    tracked.first_seen = kStart;
    tracked.settlement = settlement;
    return tracked;
  }

  ListingPlan Plan(const std::vector<TrackedTask>& known) { return {known, {}, kRules}; }

  SharedValues shared_;
};

TEST_F(DescribePlanTest, NewTasksAreDescribedAndSettledOnesAreNot) {
  const std::vector known = {Known(1), Known(2)};
  auto plan = Plan(known);
  EXPECT_THAT(plan.Take({TaskArn(2), TaskArn(3), TaskArn(1)}), ElementsAre(TaskArn(3)));
  EXPECT_THAT(plan.Absent(), IsEmpty());
  EXPECT_EQ(plan.listed(), 3U);
}

TEST_F(DescribePlanTest, TasksThatNoPageHadAreDescribedAtTheEnd) {
  const std::vector known = {Known(1), Known(2), Known(3)};
  auto plan = Plan(known);
  EXPECT_THAT(plan.Take({TaskArn(2)}), IsEmpty());
  EXPECT_THAT(plan.Take({}), IsEmpty());
  EXPECT_THAT(plan.Absent(), ElementsAre(TaskArn(1), TaskArn(3)));
}

TEST_F(DescribePlanTest, ATaskThatIsListedTwiceIsDescribedOnce) {
  const std::vector known = {Known(1, Settlement::kMoving)};
  auto plan = Plan(known);
  EXPECT_THAT(plan.Take({TaskArn(1), TaskArn(2), TaskArn(2)}), ElementsAre(TaskArn(1), TaskArn(2)));
  EXPECT_THAT(plan.Take({TaskArn(1)}), IsEmpty());
}

TEST_F(DescribePlanTest, WhatCanStillChangeIsDescribedInEveryRefresh) {
  auto settling = Known(1, Settlement::kSettling);
  EXPECT_FALSE(IsAlwaysDescribed(settling, kRules)) << "for an hour nothing has come";
  settling.first_seen = kRules.now - 9min;
  EXPECT_TRUE(IsAlwaysDescribed(settling, kRules));
  EXPECT_TRUE(IsAlwaysDescribed(Known(1, Settlement::kMoving), kRules));
  EXPECT_TRUE(IsAlwaysDescribed(Known(1, Settlement::kUnread), kRules));
  EXPECT_FALSE(IsAlwaysDescribed(Known(1), kRules));
  auto restartable = Known(1);
  restartable.restartable = true;
  EXPECT_TRUE(IsAlwaysDescribed(restartable, kRules));
}

TEST_F(DescribePlanTest, TheRollingShareIsTheOldest) {
  std::vector<TrackedTask> known;
  for (int i = 0; i < 18; ++i) {
    known.push_back(Known(i));
    known.back().described = kRules.now - std::chrono::seconds(i);
  }
  const std::vector<std::span<const TrackedTask>> clusters = {known};
  const auto marks = ChooseRollingShare(clusters, kRules);
  ASSERT_EQ(marks.size(), 1U);
  EXPECT_EQ(std::ranges::count(marks[0], true), 2);
  EXPECT_TRUE(marks[0][16] && marks[0][17]);
  ListingPlan plan(known, marks[0], kRules);
  EXPECT_THAT(plan.Take({TaskArn(17), TaskArn(3)}), ElementsAre(TaskArn(17)));
}

TEST_F(DescribePlanTest, EveryTaskHasItsTurnWithinThePeriodWithoutABurst) {
  std::vector<TrackedTask> known;
  for (int i = 0; i < 1000; ++i) {
    known.push_back(Known(i));
    known.back().described = kStart;  // all in one first refresh
  }
  const std::vector<std::span<const TrackedTask>> clusters = {std::span(known).first(300),
                                                              std::span(known).subspan(300)};
  auto rules = kRules;
  for (int refresh = 1; refresh <= 50; ++refresh) {
    rules.now = kStart + refresh * 1min;
    const auto marks = ChooseRollingShare(clusters, rules);
    EXPECT_LE(std::ranges::count(marks[0], true) + std::ranges::count(marks[1], true), 112);
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (i < 300 ? marks[0][i] : marks[1][i - 300]) known[i].described = rules.now;
      EXPECT_LE(rules.now - known[i].described, 10min - 1min) << refresh;
    }
  }
}

TEST_F(DescribePlanTest, AfterAPauseTheSharesAreLargerButNoBurst) {
  std::vector<TrackedTask> known;
  for (int i = 0; i < 900; ++i) {
    known.push_back(Known(i));
    known.back().described = kStart;
  }
  const std::vector<std::span<const TrackedTask>> clusters = {known};
  EXPECT_EQ(std::ranges::count(ChooseRollingShare(clusters, kRules)[0], true), 400);
}

TEST_F(DescribePlanTest, WithoutAPeriodEverythingIsDescribedInEveryRefresh) {
  auto rules = kRules;
  rules.rediscover_within = 0min;
  const std::vector known = {Known(1), Known(2)};
  const std::vector<std::span<const TrackedTask>> clusters = {known};
  EXPECT_THAT(ChooseRollingShare(clusters, rules)[0], ElementsAre(true, true));
}

}  // namespace
}  // namespace ecsd::discovery
