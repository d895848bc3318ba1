// An account that is too large for one refresh: each refresh reads some of it, and goes on where
// the last one stopped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/fleet.h"
#include "discovery/scripted_account.h"
#include "discovery/source.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FairnessTest : public testing::Test {
 protected:
  // Clusters "c10", "c11", ... of one task each.
  void MakeClusters(int count, const std::string& kind = "fargate") {
    for (int i = 0; i < count; ++i) {
      const auto number = std::to_string(10 + i);
      account_.clusters["c" + number] = "ACTIVE";
      account_.tasks["t" + number] = {
          .cluster = "c" + number, .kind = kind, .address = i, .instance = 10 + i};
    }
  }

  RefreshReport Refresh(std::size_t calls) {
    account_.account.clock.Advance(1min);
    return account_.RefreshInCalls(source_, calls);
  }

  // How many refreshes of `calls` it takes until there are `targets`; `most` when they never come.
  std::size_t RefreshesUntil(std::size_t targets, std::size_t calls, std::size_t most) {
    std::size_t refreshes = 0;
    while (refreshes < most && source_.fleet().target_count() < targets) {
      (void)Refresh(calls);
      ++refreshes;
    }
    EXPECT_EQ(source_.fleet().target_count(), targets);
    return refreshes;
  }

  ScriptedAccount account_;
  Source source_ = account_.MakeSource();
};

std::size_t CountOf(const RefreshReport& report, EventKind kind) {
  return static_cast<std::size_t>(std::ranges::count(report.events, kind, &Event::kind));
}

TEST_F(FairnessTest, ClustersThatDoNotFitIntoARefreshAreReadInTheNextOnes) {
  MakeClusters(40);
  EXPECT_LE(RefreshesUntil(40, 21, 30), 20U);
  EXPECT_TRUE(source_.MayWrite());
}

TEST_F(FairnessTest, AfterTheGraceTimeWhatIsCompleteMayBeWritten) {
  MakeClusters(40);
  for (int i = 0; i < 3; ++i) (void)Refresh(11);
  EXPECT_GE(source_.fleet().target_count(), 1U);
  EXPECT_FALSE(source_.fleet().every_cluster_was_read());
  EXPECT_TRUE(source_.MayWrite());
}

TEST_F(FairnessTest, LargeClustersAreReadOneAfterTheOther) {
  account_.page = 1;
  for (const std::string name : {"c1", "c2", "c3", "c4", "c5", "c6"}) {
    account_.clusters[name] = "ACTIVE";
    for (int i = 10; i < 15; ++i)
      account_.tasks[name + "-" + std::to_string(i)] = {.cluster = name, .address = i};
  }
  EXPECT_LE(RefreshesUntil(30, 9, 60), 40U);
}

TEST_F(FairnessTest, AClusterThatFitsIntoNoRefreshDoesNotHoldUpTheOthers) {
  MakeClusters(12);
  account_.page = 1;
  account_.clusters["a"] = "ACTIVE";
  for (int i = 100; i < 160; ++i)
    account_.tasks["x" + std::to_string(i)] = {.cluster = "a", .address = i};
  for (int i = 0; i < 20; ++i) (void)Refresh(15);
  const auto targets = TargetsOf(source_);
  EXPECT_EQ(std::ranges::count_if(targets, [](const auto& each) { return each[0] == 't'; }), 12);
}

TEST_F(FairnessTest, InstancesGetTheirTurnToo) {
  MakeClusters(20, "bridge");
  EXPECT_LE(RefreshesUntil(20, 21, 60), 30U);
}

TEST_F(FairnessTest, AClusterThatIsNotReachedComesFirstInTheNextRefresh) {
  MakeClusters(40);
  (void)Refresh(1000);
  ASSERT_EQ(source_.fleet().target_count(), 40U);
  for (auto& [id, task] : account_.tasks) task.listed = false;
  std::size_t left = 40;
  for (int i = 0; i < 12; ++i) {
    (void)Refresh(21);
    EXPECT_LE(source_.fleet().target_count(), left);
    left = source_.fleet().target_count();
  }
  EXPECT_EQ(left, 0U) << "each was asked about within a few refreshes";
}

TEST_F(FairnessTest, SettledTasksAreFoundAgainThoughNoRefreshReachesAll) {
  MakeClusters(40);
  (void)Refresh(1000);
  std::vector<std::string> moved;
  for (auto& [id, task] : account_.tasks) {
    task.address += 100;
    moved.push_back(id + " 10.0.0." + std::to_string(task.address) + ":9102");
  }
  for (int i = 0; i < 30; ++i) (void)Refresh(21);
  EXPECT_EQ(TargetsOf(source_), moved);
}

TEST_F(FairnessTest, ClustersThatWereNotReachedAreReportedTogetherAndOnce) {
  MakeClusters(40);
  (void)Refresh(1000);
  const auto report = Refresh(11);
  ASSERT_THAT(report.events, SizeIs(1));
  EXPECT_EQ(report.events[0].kind, EventKind::kClustersPostponed);
  EXPECT_GE(report.events[0].clusters, 25U);
  EXPECT_FALSE(report.complete());
  const auto next = Refresh(11);
  EXPECT_THAT(next.events, IsEmpty());
  const auto error = std::ranges::find_if(next.clusters, [](const ClusterHealth& health) {
    return health.error && health.error->message.starts_with("not read in this refresh");
  });
  ASSERT_NE(error, next.clusters.end());
  EXPECT_THAT(error->error->message, HasSubstr("it comes first in the next"));
  EXPECT_TRUE(Refresh(1000).complete());
  EXPECT_EQ(CountOf(Refresh(11), EventKind::kClustersPostponed), 1U);
}

TEST_F(FairnessTest, AClusterThatIsRefusedIsReportedThoughOthersAreNotReached) {
  MakeClusters(40);
  (void)Refresh(1000);
  account_.denied = {"ListTasks"};
  const auto report = Refresh(5);
  EXPECT_GE(CountOf(report, EventKind::kClusterStale), 1U);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, support::ErrorKind::kDenied);
}

}  // namespace
}  // namespace ecsd::discovery
