#include "discovery/describe_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const DescribeRules kRules{
    .now = kStart + 1h, .rediscover_within = 10min, .interval = 1min, .since_last = 1min};

using Clusters = std::vector<std::span<const TrackedTask>>;

// A refresh that lists everything: `others` tasks of each cluster are described for other reasons.
// What it describes of the rolling share is described at the time of `rules`; the calls and the
// tasks are counted.
struct Refresh {
  std::size_t calls = 0;
  std::size_t tasks = 0;
};

Refresh Roll(std::span<const std::span<TrackedTask>> clusters, const DescribeRules& rules,
             std::size_t others = 0) {
  RollingShare share(Clusters(clusters.begin(), clusters.end()), rules);
  Refresh refresh;
  std::vector<std::size_t> pending(clusters.size(), others);
  const auto describe = [&](std::size_t cluster, std::size_t position) {
    EXPECT_LT(clusters[cluster][position].described, rules.now) << "twice in one refresh";
    clusters[cluster][position].described = rules.now;
    ++refresh.tasks;
  };
  const auto early = share.TakeEarly(100);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    for (std::size_t at = 0; at < early[i].size(); ++at) {
      if (!early[i][at]) continue;
      describe(i, at);
      ++pending[i];
    }
    refresh.calls += pending[i] / 100;
    if (pending[i] % 100 == 0) continue;
    for (const auto at : share.TakeOf(i, 100 - pending[i] % 100)) describe(i, at);
    ++refresh.calls;
  }
  while (const auto batch = share.TakeBatch(100)) {
    for (const auto at : batch->positions) describe(batch->cluster, at);
    ++refresh.calls;
  }
  return refresh;
}

std::chrono::nanoseconds OldestOf(const std::vector<TrackedTask>& tasks, support::SteadyTime now) {
  return now - std::ranges::min(tasks, {}, &TrackedTask::described).described;
}

class DescribePlanTest : public testing::Test {
 protected:
  // So many settled tasks that were described at the same time, in one first refresh.
  std::vector<TrackedTask> KnownTasks(int count) {
    std::vector<TrackedTask> known;
    for (int i = 0; i < count; ++i) {
      known.push_back(Known(i));
      known.back().described = kStart;
    }
    return known;
  }

  // A settled task that was described a minute ago.
  TrackedTask Known(int number, Settlement settlement = Settlement::kSettled) {
    auto tracked = Tracked(ATarget(number, texts_, After(0)), texts_);
    tracked.described = kRules.now - 1min;
    tracked.first_seen = kStart;
    tracked.settlement = settlement;
    return tracked;
  }

  ListingPlan Plan(const std::vector<TrackedTask>& known) { return {known, {}, kRules}; }

  core::SharedTexts texts_;
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
  settling.first_seen = kStart;
  settling.restartable = true;
  EXPECT_TRUE(IsAlwaysDescribed(settling, kRules)) << "it moves without a new task";
}

TEST_F(DescribePlanTest, TheRollingShareIsTheOldest) {
  std::vector<TrackedTask> known;
  for (int i = 0; i < 18; ++i) {
    known.push_back(Known(i));
    known.back().described = kRules.now - std::chrono::seconds(i);
  }
  RollingShare share(Clusters{known}, kRules);
  EXPECT_THAT(share.TakeEarly(100), ElementsAre(Marks(18))) << "it may fill up another call";
  EXPECT_THAT(share.TakeOf(0, 1), ElementsAre(17U));
  const auto rest = share.TakeBatch(100);
  ASSERT_TRUE(rest);
  EXPECT_THAT(rest->positions, ElementsAre(16U));
  EXPECT_FALSE(share.TakeBatch(100));
}

TEST_F(DescribePlanTest, OfTheRollingShareOnlyListedTasksThatNobodyDescribesAreAskedFor) {
  const std::vector known = {Known(1), Known(2, Settlement::kMoving), Known(3)};
  auto plan = Plan(known);
  EXPECT_THAT(plan.Take({TaskArn(1), TaskArn(2)}), ElementsAre(TaskArn(2)));
  EXPECT_THAT(plan.Listed(std::vector<std::size_t>{0, 1, 2}), ElementsAre(TaskArn(1)));
}

TEST_F(DescribePlanTest, WhatCannotFillUpOtherCallsIsAskedForAtOnce) {
  auto rules = kRules;
  rules.rediscover_within = 0min;
  const auto known = KnownTasks(1000);
  const Clusters clusters = {std::span(known).first(300), std::span(known).subspan(300)};
  RollingShare share(clusters, rules);
  const auto early = share.TakeEarly(100);
  EXPECT_EQ(std::ranges::count(early[0], true) + std::ranges::count(early[1], true), 800);
}

TEST_F(DescribePlanTest, EveryTaskHasItsTurnWithinThePeriodWithoutABurst) {
  auto known = KnownTasks(1000);
  const std::vector clusters = {std::span(known).first(300), std::span(known).subspan(300)};
  auto rules = kRules;
  for (int refresh = 1; refresh <= 50; ++refresh) {
    rules.now = kStart + refresh * 1min;
    EXPECT_LE(Roll(clusters, rules).tasks, 112U);
    EXPECT_LE(OldestOf(known, rules.now), 10min - 1min) << refresh;
  }
}

// 10,000 tasks in ten clusters of which 1 % are replaced: 20 of each are new or absent.
TEST_F(DescribePlanTest, TheRollingShareFillsUpCallsThatAreMadeAnyway) {
  auto known = KnownTasks(9000);
  std::vector<std::span<TrackedTask>> clusters;
  for (std::size_t i = 0; i < 10; ++i) clusters.push_back(std::span(known).subspan(i * 900, 900));
  auto rules = kRules;
  std::size_t calls = 0;
  for (int refresh = 1; refresh <= 50; ++refresh) {
    rules.now = kStart + refresh * 1min;
    const auto described = Roll(clusters, rules, 20);
    calls += described.calls;
    EXPECT_LE(described.calls, 10U + 8U) << refresh;
    EXPECT_EQ(described.tasks, 1000U) << refresh;
    EXPECT_LE(OldestOf(known, rules.now), 10min - 1min) << refresh;
  }
  EXPECT_LE(calls, 50U * 14U) << "ten, and mostly two more";
}

// As after SIGHUP.
TEST_F(DescribePlanTest, ARefreshThatComesEarlyHasAPartOfAShare) {
  auto known = KnownTasks(900);
  const std::vector clusters = {std::span(known)};
  auto rules = kRules;
  rules.now = kStart + 1min;
  EXPECT_EQ(Roll(clusters, rules).tasks, 100U);
  rules.now += 6s;
  rules.since_last = 6s;
  EXPECT_EQ(Roll(clusters, rules).tasks, 10U);
}

TEST_F(DescribePlanTest, AnEarlyRefreshDescribesNothingAgainWhenEachDescribesEverything) {
  auto known = KnownTasks(900);
  const std::vector clusters = {std::span(known)};
  auto rules = kRules;
  rules.interval = 1h;
  rules.since_last = 1h;
  rules.now = kStart + 1h;
  EXPECT_EQ(Roll(clusters, rules).tasks, 900U);
  rules.since_last = 4s;
  rules.now += rules.since_last;
  EXPECT_EQ(Roll(clusters, rules).tasks, 1U);
}

TEST_F(DescribePlanTest, EarlyRefreshesInBetweenMakeNoTaskTooOld) {
  auto known = KnownTasks(1000);
  const std::vector clusters = {std::span(known).first(300), std::span(known).subspan(300)};
  std::mt19937 dice(1);
  auto rules = kRules;
  rules.now = kStart;
  for (int refresh = 1; refresh <= 300; ++refresh) {
    rules.since_last = dice() % 2 == 0 ? 60s : std::chrono::seconds(1 + dice() % 59);
    rules.now += rules.since_last;
    Roll(clusters, rules, dice() % 30);
    EXPECT_LE(OldestOf(known, rules.now), 10min - 1min) << refresh;
  }
}

TEST_F(DescribePlanTest, AfterAPauseTheSharesAreLargerButNoBurst) {
  auto known = KnownTasks(900);
  const std::vector clusters = {std::span(known)};
  EXPECT_EQ(Roll(clusters, kRules).tasks, 400U) << "the last refreshes failed";
  auto rules = kRules;
  rules.since_last = 1h;
  rules.now += 1h;
  EXPECT_EQ(Roll(clusters, rules).tasks, 400U) << "there were none";
}

TEST_F(DescribePlanTest, WithoutAPeriodEverythingIsDescribedInEveryRefresh) {
  auto rules = kRules;
  rules.rediscover_within = 0min;
  rules.since_last = 1s;
  std::vector known = {Known(1), Known(2)};
  const std::vector clusters = {std::span(known)};
  EXPECT_EQ(Roll(clusters, rules).tasks, 2U);
}

TEST_F(DescribePlanTest, AClusterThatCouldNotBeListedIsLeftOut) {
  auto known = KnownTasks(900);
  const std::vector<std::span<const TrackedTask>> clusters = {std::span(known).first(800),
                                                              std::span(known).subspan(800)};
  RollingShare share(clusters, kRules);
  share.Forget(0);
  const auto rest = share.TakeBatch(100);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->cluster, 1U);
  EXPECT_FALSE(share.TakeBatch(100));
}

}  // namespace
}  // namespace ecsd::discovery
