#include "discovery/fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/reading.h"
#include "discovery/some_tasks.h"
#include "discovery/stored_references.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using core::Reason;
using testing::ElementsAre;
using testing::IsEmpty;

class FleetTest : public testing::Test {
 protected:
  // A whole reading of `cluster`, whose pages had the tasks of these numbers, and that described
  // the new ones among them as targets.
  ClusterReading Listed(const std::vector<int>& numbers, const std::string& cluster = kProd) {
    ClusterReading reading;
    reading.arn = cluster;
    reading.listed_whole = true;
    reading.listed = numbers.size();
    const auto known = fleet_.TasksOf(cluster);
    reading.seen.resize(known.size());
    for (const int number : numbers) {
      const auto position = FindTask(known, TaskArn(number));
      if (position < known.size()) {
        reading.seen[position] = true;
      } else {
        reading.described.push_back(ATarget(number, fleet_.texts(), After(minute_), cluster));
      }
    }
    return reading;
  }

  ClusterReading Failed(const std::string& cluster = kProd) {
    ClusterReading reading;
    reading.arn = cluster;
    reading.error = kDenied;
    return reading;
  }

  DescribedTask DescribedAs(const core::Task& task, const Wanted& wanted) {
    return Described(task, wanted, fleet_.texts(), After(minute_));
  }

  std::vector<ClusterHealth> Update(std::vector<ClusterReading> clusters) {
    AccountReading reading;
    reading.clusters = std::move(clusters);
    return Update(std::move(reading));
  }

  std::vector<ClusterHealth> Update(AccountReading reading) {
    return fleet_.Update(std::move(reading), After(minute_++));
  }

  std::vector<std::string> Addresses() const {
    std::vector<std::string> addresses;
    fleet_.Snapshot(After(0))->ForEachTarget([&](const core::Target& target) {
      addresses.push_back(target.address);
      return true;
    });
    return addresses;
  }

  std::vector<core::Target> SomeTargets(int from, int to, const std::string& cluster = kProd) {
    std::vector<core::Target> targets;
    for (int i = from; i <= to; ++i) {
      targets.push_back(TargetOf(ATask(i, cluster), "10.0.0." + std::to_string(i) + ":9102"));
    }
    return targets;
  }

  static KnownState SavedOf(const Fleet& fleet, int minutes = 5) {
    KnownState state;
    AddReferences(*fleet.Snapshot(After(minutes)), state);
    fleet.Save(state, After(minutes));
    return state;
  }
  [[nodiscard]] KnownState Saved() const { return SavedOf(fleet_); }

  Fleet fleet_;
  int minute_ = 0;
};

// The life of a task.

TEST_F(FleetTest, ANewTaskComesAndAKnownOneStays) {
  Update({Listed({1})});
  Update({Listed({1, 2})});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
}

TEST_F(FleetTest, AnAbsentTaskThatIsMissingForTwoMinutesGoes) {
  Update({Listed({1, 2})});
  const auto miss = [this] {
    auto reading = Listed({2});
    reading.missing = {TaskArn(1)};
    return Update({std::move(reading)});
  };
  const auto healths = miss();
  EXPECT_FALSE(healths[0].error);
  EXPECT_EQ(healths[0].doubts,
            (NewDoubts{.kind = DoubtKind::kMissing, .count = 1, .first = TaskArn(1)}));
  EXPECT_EQ(miss()[0].doubts.count, 0U);
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
  miss();
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.2:9102"));
}

TEST_F(FleetTest, AMissingTaskWithoutTargetsGoesAtOnce) {
  auto first = Listed({2});
  first.described.push_back(DescribedAs(ATask(1), Reason::kNoPortLabel));
  Update({std::move(first)});
  auto reading = Listed({2});
  reading.missing = {TaskArn(1)};
  Update({std::move(reading)});
  EXPECT_EQ(fleet_.task_count(), 1U);
}

TEST_F(FleetTest, AnAbsentTaskThatIsToStopOrHasStoppedGoes) {
  for (const auto& [desired, last] : {std::pair("STOPPED", "RUNNING"), {"RUNNING", "STOPPED"}}) {
    Update({Listed({1, 2})});
    auto task = ATask(1);
    task.desired_status = desired;
    task.last_status = last;
    auto reading = Listed({2});
    reading.described = {DescribedAs(task, Reason::kTaskNotRunning)};
    Update({std::move(reading)});
    EXPECT_THAT(Addresses(), ElementsAre("10.0.0.2:9102"));
    EXPECT_EQ(fleet_.task_count(), 1U);
  }
}

TEST_F(FleetTest, AnAbsentTaskThatRunsStays) {
  Update({Listed({1, 2})});
  auto reading = Listed({2});
  reading.described = {ATarget(1, fleet_.texts(), After(1))};
  const auto healths = Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
  EXPECT_FALSE(healths[0].error);
}

TEST_F(FleetTest, AnAbsentTaskThatNobodySaysAnythingOfStays) {
  Update({Listed({1, 2})});
  auto reading = Listed({2});
  reading.unanswered = {TaskArn(1)};
  const auto healths = Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
  EXPECT_EQ(healths[0].error->kind, support::ErrorKind::kMalformed);
}

TEST_F(FleetTest, AnAbsentTaskStaysWhenDescribingFails) {
  Update({Listed({1, 2})});
  auto reading = Listed({2});
  reading.error = kDenied;
  Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
}

TEST_F(FleetTest, ATaskThatAnUnfinishedListingDidNotHaveStays) {
  Update({Listed({1, 2})});
  auto reading = Listed({});
  reading.listed_whole = false;
  reading.error = kDenied;
  reading.missing = {TaskArn(1)};
  Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
}

TEST_F(FleetTest, AListedTaskThatIsCalledMissingStaysAndIsSaid) {
  Update({Listed({1, 2})});
  auto reading = Listed({1, 2});
  reading.missing = {TaskArn(1)};
  const auto healths = Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
  EXPECT_THAT(healths[0].error->message, testing::HasSubstr(TaskArn(1)));
}

TEST_F(FleetTest, AListedTaskThatIsToStopKeepsItsReasonAndLosesItsTarget) {
  Update({Listed({1})});
  auto task = ATask(1);
  task.desired_status = "STOPPED";
  auto reading = Listed({1});
  reading.described = {DescribedAs(task, Reason::kTaskNotRunning)};
  Update({std::move(reading)});
  EXPECT_THAT(Addresses(), IsEmpty());
  EXPECT_EQ(
      fleet_.Snapshot({})->tally().skipped.at(static_cast<std::size_t>(Reason::kTaskNotRunning)),
      1U);
}

TEST_F(FleetTest, WhatATaskRefersToAndCouldNotBeReadLeavesItAsItWas) {
  Update({Listed({1})});
  auto reading = Listed({1});
  reading.described = {DescribedAs(ATask(1), Reason::kDefinitionUnavailable)};
  reading.described[0].unread = true;
  reading.unread = kDenied;
  const auto healths = Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102"));
  EXPECT_EQ(fleet_.TasksOf(kProd)[0].settlement, Settlement::kUnread) << "is asked again";
  EXPECT_EQ(healths[0].error->message, "denied");
}

TEST_F(FleetTest, AnInstanceThatIsNotFoundLeavesTheTargetOfARunningTask) {
  Update({Listed({1})});
  auto reading = Listed({1});
  reading.described = {DescribedAs(ATask(1), Reason::kNoInstanceAddress)};
  const auto healths = Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102"));
  EXPECT_FALSE(healths[0].error);
}

TEST_F(FleetTest, ATargetThatMovesIsReplaced) {
  Update({Listed({1})});
  auto reading = Listed({1});
  const auto task = ATask(1);
  reading.described = {DescribedAs(task, "10.0.0.1:40000")};
  Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:40000"));
}

TEST_F(FleetTest, ATaskThatIsDescribedTwiceIsOneTask) {
  auto reading = Listed({1});
  reading.described.push_back(reading.described[0]);
  Update({std::move(reading)});
  EXPECT_EQ(fleet_.task_count(), 1U);
}

// The version of the targets.

TEST_F(FleetTest, TheVersionGrowsOnlyWhenATargetChanges) {
  Update({Listed({1, 2})});
  const auto version = fleet_.targets_version();
  Update({Listed({1, 2})});
  Update({Failed()});
  auto same = Listed({1, 2});
  same.described = {ATarget(1, fleet_.texts(), After(9))};
  Update({std::move(same)});
  auto no_target = Listed({1, 2});
  no_target.described = {DescribedAs(ATask(3), Reason::kNoPortLabel)};
  Update({std::move(no_target)});
  EXPECT_EQ(fleet_.targets_version(), version);
  Update({Listed({1, 2, 3, 4})});
  EXPECT_GT(fleet_.targets_version(), version);
}

// The life of a cluster.

TEST_F(FleetTest, AFailedClusterKeepsItsTargetsAndTheOthersMoveOn) {
  Update({Listed({1}), Listed({2}, kOther)});
  Update({Failed(), Listed({2, 3}, kOther)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102", "10.0.0.3:9102"));
}

TEST_F(FleetTest, KnowsTheAgeOfEveryCluster) {
  Update({Listed({1})});  // minute 0
  Update({Failed()});
  Update({Failed()});
  auto summary = ClustersOf(fleet_);
  EXPECT_EQ(summary[0].last_good, After(0).system);
  EXPECT_EQ(summary[0].stale_since, After(1).system);
  EXPECT_EQ(summary[0].error->message, "denied");
  Update({Listed({1})});
  summary = ClustersOf(fleet_);
  EXPECT_EQ(summary[0].last_good, After(3).system);
  EXPECT_EQ(summary[0].stale_since, std::nullopt);
  EXPECT_FALSE(summary[0].error);
}

TEST_F(FleetTest, AClusterThatIsConfirmedToBeGoneIsForgotten) {
  Update({Listed({1}), Listed({2}, kOther)});
  AccountReading reading;
  reading.clusters = {Listed({1})};
  reading.gone = {kOther};
  const auto healths = Update(std::move(reading));
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102"));
  EXPECT_TRUE(healths[0].gone);
  auto gone = Failed();
  gone.gone = true;
  Update({std::move(gone)});
  EXPECT_THAT(fleet_.AllClusterArns(), IsEmpty());
}

TEST_F(FleetTest, WithoutTheListOfClustersAllThatIsKnownIsStale) {
  Update({Listed({1})});
  AccountReading reading;
  reading.error = kDenied;
  Update(std::move(reading));
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102"));
  EXPECT_EQ(ClustersOf(fleet_)[0].stale_since, After(1).system);
}

TEST_F(FleetTest, EveryClusterWasReadWhenEachOneWasAtSomeTime) {
  Update({Listed({1}), Failed(kOther)});
  EXPECT_FALSE(fleet_.every_cluster_was_read());
  EXPECT_TRUE(fleet_.some_cluster_was_read());
  Update({Failed(), Listed({2}, kOther)});
  EXPECT_TRUE(fleet_.every_cluster_was_read());
}

TEST_F(FleetTest, AClusterThatComesLaterHoldsUpNobody) {
  Update({Listed({1})});
  Update({Listed({1}), Failed(kOther)});
  EXPECT_TRUE(fleet_.every_cluster_was_read());
}

TEST_F(FleetTest, EveryClusterWasReadWhenThereIsNone) {
  Update(std::vector<ClusterReading>());
  EXPECT_TRUE(fleet_.every_cluster_was_read());
}

// What was known before.

TEST_F(FleetTest, TheTargetsOfTheFileAreKnownTasks) {
  fleet_.Seed(SomeTargets(1, 2), After(0), After(-61).system);
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
  EXPECT_EQ(fleet_.TasksOf(kProd)[0].settlement, Settlement::kUnread);
  auto reading = Listed({1});
  reading.missing = {TaskArn(2)};
  Update({std::move(reading)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102"));
}

TEST_F(FleetTest, TheTargetsOfTheFileSurviveAFailure) {
  fleet_.Seed(SomeTargets(1, 2), After(0));
  const auto version = fleet_.targets_version();
  Update({Failed()});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
  EXPECT_EQ(fleet_.targets_version(), version);
}

TEST_F(FleetTest, TheTargetsOfTheFileAreGivenBackAsTheyWere) {
  auto targets = SomeTargets(1, 3);
  targets[1].labels.Set(core::kClusterArnLabel, "");
  // A second container.
  targets[2].labels.Set(core::kTaskArnLabel, targets[0].labels.Get(core::kTaskArnLabel));
  targets[2].labels.Set(core::kContainerNameLabel, "zebra");
  fleet_.Seed(targets, After(0));
  std::vector<core::Target> back;
  fleet_.Snapshot(After(0))->ForEachTarget([&](const core::Target& target) {
    back.push_back(target);
    return true;
  });
  std::ranges::sort(targets, core::FileOrder);
  EXPECT_EQ(back, targets);
}

TEST_F(FleetTest, TheTargetsAreGivenAsLongAsTheyAreWanted) {
  auto targets = SomeTargets(1, 2);
  for (auto& target : SomeTargets(3, 4, kOther)) targets.push_back(std::move(target));
  fleet_.Seed(targets, After(0));
  ASSERT_EQ(Addresses().size(), 4U);
  for (std::size_t wanted = 1; wanted <= 5; ++wanted) {
    std::vector<std::string> taken;
    const bool all = fleet_.Snapshot(After(0))->ForEachTarget([&](const core::Target& target) {
      taken.push_back(target.address);
      return taken.size() < wanted;
    });
    auto expected = Addresses();
    expected.resize(std::min(wanted, expected.size()));
    EXPECT_EQ(taken, expected);
    EXPECT_EQ(all, wanted == 5);
  }
}

TEST_F(FleetTest, WhatIsOutsideTheSelectionIsKeptApartUntilItIsDropped) {
  fleet_.Seed(SomeTargets(1, 2, kOther), After(0));
  AccountReading reading;
  reading.clusters = {Listed({3})};
  reading.outside = {kOther};
  Update(std::move(reading));
  EXPECT_EQ(fleet_.OutsideTargets(), 2U);
  EXPECT_THAT(fleet_.ClusterArns(), ElementsAre(kProd));
  EXPECT_TRUE(fleet_.every_cluster_was_read());
  fleet_.DropOutside();
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.3:9102"));
}

TEST_F(FleetTest, ASavedFleetIsTheSameAfterItIsRestored) {
  auto reading = Listed({1, 2});
  reading.described.push_back(DescribedAs(ATask(3), Reason::kNoBinding));
  Update({std::move(reading), Failed(kOther)});
  const auto state = Saved();

  Fleet restored;
  restored.Restore(state, After(5));
  const auto again = SavedOf(restored);
  EXPECT_EQ(again.tasks, state.tasks);
  EXPECT_EQ(again.clusters, state.clusters);
  EXPECT_EQ(restored.target_count(), 2U);
  EXPECT_TRUE(restored.WasRead(kProd));
  EXPECT_EQ(restored.TasksOf(kProd)[0].described, fleet_.TasksOf(kProd)[0].described);
}

// Which of the two is newer is not known, so neither takes anything away from the other.
TEST_F(FleetTest, TheFileAddsToWhatWasRestoredAndItsTargetsStand) {
  Update({Listed({1, 2, 3})});
  const auto state = Saved();
  Fleet restored;
  restored.Restore(state, After(5));
  auto targets = SomeTargets(2, 4);
  targets[0].address = "10.0.0.9:9102";
  restored.Seed(targets, After(6));

  std::vector<std::pair<std::string, Settlement>> found;
  for (const auto& tracked : restored.TasksOf(kProd)) {
    found.emplace_back(AddressesOf(tracked).at(0), tracked.settlement);
  }
  EXPECT_THAT(found, ElementsAre(std::pair("10.0.0.1:9102", Settlement::kSettled),
                                 std::pair("10.0.0.9:9102", Settlement::kUnread),
                                 std::pair("10.0.0.3:9102", Settlement::kSettled),
                                 std::pair("10.0.0.4:9102", Settlement::kUnread)));
}

TEST_F(FleetTest, ATimeOfAClockThatWasAheadCountsAsNow) {
  Update({Listed({1})});
  auto state = SavedOf(fleet_, 500);
  state.tasks[0].described = After(500).system;
  Fleet restored;
  restored.Restore(state, After(5));
  EXPECT_EQ(restored.TasksOf(kProd)[0].described, After(5).steady);
}

TEST_F(FleetTest, ASnapshotDoesNotChangeWithTheFleet) {
  Update({Listed({1, 2})});
  const auto snapshot = fleet_.Snapshot(After(1));
  auto reading = Listed({2});
  reading.missing = {TaskArn(1)};
  Update({std::move(reading)});
  std::vector<std::string> tasks;
  for (const auto& tracked : *snapshot->clusters().at(0).tasks) tasks.emplace_back(tracked.arn());
  EXPECT_THAT(tasks, ElementsAre(TaskArn(1), TaskArn(2)));
}

// Other rules for the same facts.

TEST_F(FleetTest, OtherRulesMakeOtherTargetsOfTheSameFacts) {
  Update({Listed({1, 2}), Listed({3}, kOther)});
  const auto version = fleet_.targets_version();
  auto other = std::make_shared<core::Selection>();
  other->port_label = "ANOTHER_LABEL";
  fleet_.Select(other);
  EXPECT_THAT(Addresses(), IsEmpty());
  EXPECT_EQ(fleet_.target_count(), 0U);
  EXPECT_EQ(fleet_.Snapshot({})->tally().skipped.at(static_cast<std::size_t>(Reason::kNoPortLabel)),
            3U);
  EXPECT_GT(fleet_.targets_version(), version);
  fleet_.Select(std::make_shared<core::Selection>());
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102", "10.0.0.3:9102"));
  EXPECT_EQ(fleet_.target_count(), 3U);
}

// A cluster that is taken in before its refresh ends.

TEST_F(FleetTest, WhatIsTakenEarlyIsKnownBeforeTheRefreshEnds) {
  Update({Listed({1, 2}), Listed({3}, kOther)});
  auto early = Listed({2, 4});
  auto ended = ATask(1);
  ended.last_status = "STOPPED";
  early.described.push_back(DescribedAs(ended, Reason::kTaskNotRunning));
  fleet_.Take(early, After(minute_));
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.2:9102", "10.0.0.3:9102", "10.0.0.4:9102"));

  early.described.push_back(DescribedAs(ATask(4), "10.0.0.4:9999"));
  const auto healths = Update({std::move(early), Failed(kOther)});
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.2:9102", "10.0.0.3:9102", "10.0.0.4:9999"));
  EXPECT_FALSE(healths[0].error);
  EXPECT_EQ(fleet_.TasksOf(kProd).size(), 2U);
}

TEST_F(FleetTest, AnErrorAfterItWasTakenMakesTheClusterStale) {
  Update({Listed({1})});
  auto early = Listed({1, 2});
  fleet_.Take(early, After(minute_));
  early.error = kDenied;
  const auto healths = Update({std::move(early)});
  EXPECT_TRUE(healths[0].error);
  EXPECT_TRUE(ClustersOf(fleet_)[0].stale_since);
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
}

TEST_F(FleetTest, ADoubtOfWhatWasTakenEarlyIsTold) {
  Update({Listed({1, 2})});
  auto early = Listed({2});
  early.missing = {TaskArn(1)};
  fleet_.Take(early, After(minute_));
  early.described = {DescribedAs(ATask(2), "10.0.0.2:9102")};
  const auto healths = Update({std::move(early)});
  EXPECT_EQ(healths[0].doubts.count, 1U);
  EXPECT_FALSE(healths[0].error);
  EXPECT_NE(fleet_.TasksOf(kProd)[0].doubt, nullptr) << "it lasts";
  EXPECT_THAT(Addresses(), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
}

// The order of the file.

TEST_F(FleetTest, TargetsComeInTheOrderOfTheFileAcrossClusters) {
  Update({Listed({1, 3, 5, 6}), Listed({2, 4, 7}, kOther)});
  EXPECT_THAT(Addresses(),
              ElementsAre("10.0.0.1:9102", "10.0.0.2:9102", "10.0.0.3:9102", "10.0.0.4:9102",
                          "10.0.0.5:9102", "10.0.0.6:9102", "10.0.0.7:9102"));
}

}  // namespace
}  // namespace ecsd::discovery
