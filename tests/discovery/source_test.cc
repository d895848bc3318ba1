#include "discovery/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/scripted_account.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSubsetOf;
using testing::Not;
using testing::SizeIs;

class SourceTest : public testing::Test {
 protected:
  SourceTest() {
    account_.clusters = {{"prod", "ACTIVE"}, {"test", "ACTIVE"}};
    account_.tasks["a1"] = {.cluster = "prod", .address = 1};
    account_.tasks["a2"] = {.cluster = "prod", .kind = "bridge", .address = 2};
    account_.tasks["b1"] = {.cluster = "test", .address = 3};
  }

  RefreshReport Refresh(Source& source) {
    account_.account.clock.Advance(1min);
    return account_.Refresh(source);
  }

  std::vector<EventKind> EventsOf(const RefreshReport& report) {
    std::vector<EventKind> kinds;
    for (const auto& event : report.events) kinds.push_back(event.kind);
    return kinds;
  }

  // A file of `count` targets of a cluster with this ARN.
  static std::vector<core::Target> FileOfCluster(const std::string& arn, int count) {
    std::vector<core::Target> targets(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      auto& target = targets[static_cast<std::size_t>(i)];
      target.labels.Set("cluster_arn", arn);
      target.labels.Set("task_arn",
                        "arn:aws:ecs:eu-west-1:111122223333:task/old/t" + std::to_string(i));
      target.address = "10.9.9." + std::to_string(i) + ":1";
    }
    return targets;
  }

  const std::vector<std::string> all_ = {"a1 10.0.0.1:9102", "a2 10.1.0.1:32770",
                                         "b1 10.0.0.3:9102"};
  ScriptedAccount account_;
};

// What a refresh costs.

TEST_F(SourceTest, ReadsEverythingOnceAndThenOnlyLists) {
  auto source = account_.MakeSource();
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_EQ(TargetsOf(source), all_);
  const auto calls = account_.account.transport.calls().size();
  const auto report = Refresh(source);
  EXPECT_EQ(report.listed, 3U);
  EXPECT_EQ(report.described, 1U) << "the rolling share";
  EXPECT_EQ(account_.account.transport.calls().size() - calls, 1U + 2U + 1U);
  EXPECT_EQ(TargetsOf(source), all_);
}

TEST_F(SourceTest, DescribesInFullBatchesAcrossPages) {
  account_.tasks.clear();
  account_.page = 30;
  for (int i = 0; i < 250; ++i) {
    account_.tasks["t" + std::to_string(1000 + i)] = {.cluster = "prod", .address = i % 250};
  }
  auto source = account_.MakeSource();
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_EQ(account_.CountOf("ListTasks"), 9U + 1U);
  EXPECT_EQ(account_.CountOf("DescribeTasks"), 3U) << "100, 100 and 50, and no empty ones";
  EXPECT_EQ(account_.CountOf("DescribeTaskDefinition"), 1U);
}

TEST_F(SourceTest, AsksForInstancesInFullBatchesThoughTheirTasksComeLittleByLittle) {
  account_.tasks.clear();
  for (int i = 0; i < 8880; ++i) {
    account_.tasks["t" + std::to_string(10000 + i)] = {
        .cluster = "prod", .kind = "bridge", .address = i % 1000, .instance = 1 + i / 37};
  }
  auto source = account_.MakeSource();
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_EQ(TargetsOf(source).size(), 8880U);
  EXPECT_EQ(account_.CountOf("DescribeContainerInstances"), 3U) << "100, 100 and 40";
  EXPECT_EQ(account_.account.transport.CountOf("ec2 DescribeInstances"), 2U) << "200 and 40";
}

TEST_F(SourceTest, ATaskThatStartsIsDescribedUntilItRuns) {
  account_.tasks["a1"].status = "PENDING";
  auto source = account_.MakeSource();
  Refresh(source);
  EXPECT_THAT(TargetsOf(source), Not(Contains("a1 10.0.0.1:9102")));
  account_.tasks["a1"].status = "RUNNING";
  Refresh(source);
  EXPECT_EQ(TargetsOf(source), all_);
}

// Tasks.

TEST_F(SourceTest, AStoppedTaskGoesAtOnce) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.tasks["a1"].listed = false;
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[1], all_[2]));
  account_.tasks["a2"].listed = false;
  account_.tasks["a2"].status = "STOPPED";
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[2]));
}

TEST_F(SourceTest, WithoutAnAnswerAnAbsentTaskStays) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.tasks["a1"].listed = false;
  account_.denied = {"DescribeTasks"};
  const auto report = Refresh(source);
  EXPECT_FALSE(report.complete());
  EXPECT_EQ(TargetsOf(source), all_);
  account_.denied.clear();
  Refresh(source);
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[1], all_[2]));
}

TEST_F(SourceTest, WhatDoesNotExistTakesNoTargetOfARunningTask) {
  for (const auto* action : {"DescribeTaskDefinition", "DescribeContainerInstances",
                             "DescribeInstances", "DescribeTasks"}) {
    auto first = account_.MakeSource();
    Refresh(first);
    auto source = account_.MakeSource();
    source.Seed(FileOf(first), true);
    account_.missing = {action};
    for (int i = 0; i < 3; ++i) Refresh(source);
    EXPECT_EQ(TargetsOf(source), all_) << action;
    account_.missing.clear();
    EXPECT_TRUE(Refresh(source).complete());
    EXPECT_EQ(TargetsOf(source), all_) << action;
  }
}

// Instances.

TEST_F(SourceTest, AnEmptyAnswerOfEc2IsAskedForOnceMoreBeforeAnythingIsPublished) {
  account_.empty_answers = 1;
  auto source = account_.MakeSource();
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_EQ(TargetsOf(source), all_);
  EXPECT_EQ(account_.account.transport.CountOf("ec2 DescribeInstances"), 2U);
}

TEST_F(SourceTest, AnUnknownInstanceIsAskedForInTheNextRefresh) {
  account_.vanished = {"i-1"};
  auto source = account_.MakeSource();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0], all_[2]));
  account_.vanished.clear();
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_EQ(TargetsOf(source), all_);
}

TEST_F(SourceTest, AnAddressThatIsNoneIsNotReadAndNotKeptAsKnown) {
  auto first = account_.MakeSource();
  Refresh(first);
  auto source = account_.MakeSource();
  source.Seed(FileOf(first), true);
  account_.ec2_addresses = {{"i-1", "10.0.0.300"}};
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Refresh(source).complete());
  EXPECT_EQ(TargetsOf(source), all_);
  EXPECT_THAT(source.Save().addresses, IsEmpty());
  account_.ec2_addresses.clear();
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_EQ(TargetsOf(source), all_);
}

TEST_F(SourceTest, AnAddressThatNoOtherMachineReachesIsNotKeptAsKnown) {
  account_.ec2_addresses = {{"i-1", "127.0.0.1"}};
  auto source = account_.MakeSource();
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0], all_[2]));
  EXPECT_THAT(source.Save().addresses, IsEmpty());
  account_.ec2_addresses.clear();
  Refresh(source);
  EXPECT_EQ(TargetsOf(source), all_);
}

// Round 1 wrote such targets.
TEST_F(SourceTest, ATargetThatNoOtherMachineReachesIsNotKept) {
  auto first = account_.MakeSource();
  Refresh(first);
  auto file = FileOf(first);
  file[1].address = "127.0.0.1:32770";
  auto source = account_.MakeSource();
  source.Seed(file, true);
  account_.ec2_addresses = {{"i-1", "127.0.0.1"}};
  Refresh(source);
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0], all_[2]));
}

// It used to be asked for once.
TEST_F(SourceTest, AMachineThatMovesIsFollowedInTime) {
  account_.tasks.clear();
  account_.tasks["m1"] = {.cluster = "prod", .kind = "bridge", .address = 1, .instance = 1001};
  account_.tasks["m2"] = {.cluster = "prod", .kind = "bridge", .address = 2, .instance = 1001};
  account_.machines = {{"mi-1001", "172.17.0.1"}};
  auto source = account_.MakeSource();
  Refresh(source);
  EXPECT_THAT(TargetsOf(source), ElementsAre("m1 172.17.0.1:32769", "m2 172.17.0.1:32770"));
  account_.machines = {{"mi-1001", "192.168.1.50"}};
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre("m1 192.168.1.50:32769", "m2 192.168.1.50:32770"));
}

TEST_F(SourceTest, AMovedMachineIsFollowedAfterARestart) {
  account_.tasks = {{"m1", {.cluster = "prod", .kind = "bridge", .address = 1, .instance = 1001}}};
  account_.machines = {{"mi-1001", "172.17.0.1"}};
  auto first = account_.MakeSource();
  Refresh(first);
  account_.machines = {{"mi-1001", "192.168.1.50"}};
  account_.account.clock.Advance(11min);
  auto source = account_.MakeSource();
  source.Restore(first.Save());
  Refresh(source);
  EXPECT_THAT(TargetsOf(source), ElementsAre("m1 192.168.1.50:32769"));
}

TEST_F(SourceTest, AMachineKeepsItsLastGoodAddress) {
  account_.tasks = {{"m1", {.cluster = "prod", .kind = "bridge", .address = 1, .instance = 1001}}};
  account_.machines = {{"mi-1001", "192.168.1.50"}};
  auto source = account_.MakeSource();
  Refresh(source);
  for (const auto* lie : {"127.0.0.1", "169.254.7.8", "nonsense"}) {
    account_.machines = {{"mi-1001", lie}};
    for (int i = 0; i < 12; ++i) Refresh(source);
    EXPECT_THAT(TargetsOf(source), ElementsAre("m1 192.168.1.50:32769")) << lie;
  }
  account_.machines.clear();
  for (int i = 0; i < 12; ++i) Refresh(source);
  account_.denied = {"DescribeInstanceInformation"};
  for (int i = 0; i < 12; ++i) Refresh(source);
  EXPECT_THAT(TargetsOf(source), ElementsAre("m1 192.168.1.50:32769"));
}

TEST_F(SourceTest, ADoubtfulAddressIsReportedOncePerChange) {
  account_.tasks = {{"m1", {.cluster = "prod", .kind = "bridge", .address = 1, .instance = 1001}},
                    {"m2", {.cluster = "prod", .kind = "bridge", .address = 2, .instance = 1002}}};
  account_.machines = {{"mi-1001", "10.5.0.1"}, {"mi-1002", "10.5.0.1"}};
  auto source = account_.MakeSource();
  EXPECT_THAT(EventsOf(Refresh(source)), ElementsAre(EventKind::kAddressDoubtful));
  EXPECT_THAT(source.View()->address_warnings, SizeIs(1));
  EXPECT_THAT(TargetsOf(source), SizeIs(2)) << "kept";
  EXPECT_THAT(EventsOf(Refresh(source)), IsEmpty());
  account_.machines["mi-1002"] = "10.5.0.2";
  std::vector<EventKind> events;
  for (int i = 0; i < 10; ++i) {
    for (const auto kind : EventsOf(Refresh(source))) events.push_back(kind);
  }
  EXPECT_THAT(events, ElementsAre(EventKind::kAddressClear));
  EXPECT_THAT(source.View()->address_warnings, IsEmpty());
}

// ECS goes on reporting RUNNING (containers-roadmap 2040), and the target used to stay for good.
TEST_F(SourceTest, TheTargetsOfADeadInstanceGoAfterFiveMinutes) {
  account_.tasks["a3"] = {.cluster = "prod", .kind = "bridge", .address = 4};
  auto source = account_.MakeSource();
  Refresh(source);
  EXPECT_THAT(TargetsOf(source), SizeIs(4));
  account_.vanished = {"i-1"};
  account_.without_agent = {1};
  account_.tasks["a2"].connected = false;
  account_.tasks["a3"].connected = false;
  std::vector<EventKind> events;
  int refreshes = 0;
  for (; refreshes < 30 && TargetsOf(source).size() > 2; ++refreshes) {
    const auto report = Refresh(source);
    EXPECT_TRUE(report.complete());
    for (const auto kind : EventsOf(report)) events.push_back(kind);
    if (!events.empty() && TargetsOf(source).size() > 2) {
      EXPECT_EQ(source.records().unknown_instances(), events.size() == 1 ? 1U : 0U);
    }
  }
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0], all_[2]));
  EXPECT_GE(refreshes, 6);
  EXPECT_LE(refreshes, 17) << "ten minutes until it is noticed, and five";
  EXPECT_THAT(events, ElementsAre(EventKind::kInstanceUnknown, EventKind::kInstanceGone));
}

TEST_F(SourceTest, AnInstanceWhoseAgentIsConnectedOrThatEc2KnowsIsNotDead) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.tasks["a2"].connected = false;
  account_.vanished = {"i-1"};
  for (int i = 0; i < 20; ++i) Refresh(source);
  EXPECT_EQ(TargetsOf(source), all_) << "the agent is connected";
  account_.without_agent = {1};
  account_.vanished.clear();
  for (int i = 0; i < 20; ++i) Refresh(source);
  EXPECT_EQ(TargetsOf(source), all_) << "EC2 knows the instance";
  account_.vanished = {"i-1"};
  account_.denied = {"DescribeInstances"};
  for (int i = 0; i < 20; ++i) Refresh(source);
  EXPECT_EQ(TargetsOf(source), all_) << "EC2 does not answer";
}

// Clusters.

TEST_F(SourceTest, AClusterThatIsNotListedIsReadAllTheSame) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.hidden = {"test"};
  account_.tasks["b1"].listed = false;
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0], all_[1]));
}

TEST_F(SourceTest, ADeletedClusterGoesAndIsSaid) {
  for (const auto* status : {"INACTIVE", ""}) {
    account_.clusters["test"] = "ACTIVE";
    auto source = account_.MakeSource();
    Refresh(source);
    account_.clusters["test"] = status;
    if (*status == '\0') account_.clusters.erase("test");
    const auto report = Refresh(source);
    EXPECT_TRUE(report.complete());
    EXPECT_THAT(EventsOf(report), ElementsAre(EventKind::kClusterGone));
    EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0], all_[1]));
  }
}

TEST_F(SourceTest, AnAbsentClusterStaysWhenNobodyAnswers) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.clusters.erase("test");
  account_.denied = {"DescribeClusters"};
  EXPECT_FALSE(Refresh(source).complete());
  EXPECT_EQ(TargetsOf(source), all_);
}

// The targets were too few for the guard, and an empty list used to take them away at once.
TEST_F(SourceTest, AnEmptyListOfClustersTakesNothingAway) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.hidden = {"prod", "test"};
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_EQ(TargetsOf(source), all_);
}

// It may be the list of another account, which would call every cluster missing.
TEST_F(SourceTest, AnEmptyListIsHeldBackThoughTheClustersAreMissingToo) {
  auto source = account_.MakeSource();
  account_.tasks.clear();
  for (int i = 0; i < 20; ++i) {
    account_.tasks["t" + std::to_string(10 + i)] = {.cluster = "prod", .address = i};
  }
  Refresh(source);
  const auto clusters = std::exchange(account_.clusters, {});
  const auto report = Refresh(source);
  EXPECT_TRUE(report.holds_loss);
  EXPECT_THAT(EventsOf(report), ElementsAre(EventKind::kLossHeld));
  EXPECT_THAT(TargetsOf(source), SizeIs(20));
  account_.clusters = clusters;
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), SizeIs(20));
}

TEST_F(SourceTest, WithoutTheListTheKnownClustersAreRead) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.denied = {"ListClusters"};
  account_.tasks["a1"].listed = false;
  EXPECT_FALSE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[1], all_[2]));
}

TEST_F(SourceTest, ANamedClusterIsLookedUpOnce) {
  auto source = account_.MakeSource("prod");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0], all_[1]));
  EXPECT_EQ(account_.CountOf("DescribeClusters"), 1U);
  EXPECT_EQ(account_.CountOf("ListClusters"), 0U);
}

TEST_F(SourceTest, ANamedClusterThatIsDeletedIsConfirmedAndGoes) {
  auto source = account_.MakeSource("prod");
  Refresh(source);
  account_.denied = {"DescribeClusters"};
  account_.clusters["prod"] = "INACTIVE";
  EXPECT_FALSE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), SizeIs(2));
  account_.denied.clear();
  EXPECT_THAT(EventsOf(Refresh(source)), ElementsAre(EventKind::kClusterGone));
  EXPECT_THAT(TargetsOf(source), IsEmpty());
  EXPECT_FALSE(Refresh(source).complete()) << "there is no such cluster";
}

TEST_F(SourceTest, ACallThatSaysMissingAloneTakesNoNamedCluster) {
  auto source = account_.MakeSource("prod");
  Refresh(source);
  account_.missing = {"DescribeClusters"};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), SizeIs(2));
}

// What operators hear.

TEST_F(SourceTest, AStaleClusterIsSaidOnceAndItsRecoveryToo) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.denied = {"ListTasks"};
  EXPECT_THAT(EventsOf(Refresh(source)),
              ElementsAre(EventKind::kClusterStale, EventKind::kClusterStale));
  EXPECT_THAT(EventsOf(Refresh(source)), IsEmpty());
  account_.denied.clear();
  EXPECT_THAT(EventsOf(Refresh(source)),
              ElementsAre(EventKind::kClusterRecovered, EventKind::kClusterRecovered));
  EXPECT_THAT(EventsOf(Refresh(source)), IsEmpty());
}

TEST_F(SourceTest, WithoutCredentialsEverythingStaysAndIsStale) {
  auto source = account_.MakeSource();
  Refresh(source);
  const auto report =
      source.Fail({.kind = support::ErrorKind::kCredentials, .message = "no credentials"});
  EXPECT_FALSE(report.complete());
  EXPECT_THAT(report.events, IsEmpty()) << "the failed refresh is said, not every cluster";
  EXPECT_TRUE(ClustersOf(source)[0].stale_since);
  EXPECT_EQ(TargetsOf(source), all_);
}

// The start.

TEST_F(SourceTest, WithoutAFileNothingIsWrittenBeforeAllClustersWereRead) {
  auto source = account_.MakeSource();
  EXPECT_FALSE(source.MayWrite());
  account_.denied = {"DescribeTasks"};
  account_.tasks.erase("b1");
  Refresh(source);
  EXPECT_FALSE(source.MayWrite());
  account_.denied.clear();
  Refresh(source);
  EXPECT_TRUE(source.MayWrite());
}

TEST_F(SourceTest, TheGraceTimeEndsTheWaitForAClusterThatCannotBeRead) {
  auto source = account_.MakeSource();
  account_.denied = {"DescribeTasks"};
  account_.tasks.erase("b1");  // the cluster of none can be read
  for (int i = 0; i < 4; ++i) Refresh(source);
  EXPECT_FALSE(source.MayWrite());
  Refresh(source);
  EXPECT_TRUE(source.MayWrite());
}

// One missing permission must not hold back the targets that do not need it.
TEST_F(SourceTest, AClusterThatWasDescribedCountsForTheGraceThoughAReferenceIsMissing) {
  auto source = account_.MakeSource("prod");
  account_.denied = {"DescribeInstances"};
  for (int i = 0; i < 4; ++i) Refresh(source);
  EXPECT_FALSE(source.MayWrite());
  Refresh(source);
  EXPECT_TRUE(source.MayWrite());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0]));
}

TEST_F(SourceTest, AClusterOfWhichNoReferenceIsKnownDoesNotCountForTheGrace) {
  auto source = account_.MakeSource("prod");
  account_.denied = {"DescribeTaskDefinition"};
  for (int i = 0; i < 10; ++i) Refresh(source);
  EXPECT_FALSE(source.MayWrite());
}

TEST_F(SourceTest, TheGraceTimeIsNoReasonToWriteWhenNothingWasRead) {
  auto source = account_.MakeSource();
  account_.denied = {"ListClusters"};
  for (int i = 0; i < 10; ++i) Refresh(source);
  EXPECT_FALSE(source.MayWrite());
}

TEST_F(SourceTest, AFileStandsForWhatWasNotReadYet) {
  auto first = account_.MakeSource();
  Refresh(first);
  auto source = account_.MakeSource();
  source.Seed(FileOf(first), true);
  EXPECT_TRUE(source.MayWrite());
  account_.denied = {"ListTasks"};
  Refresh(source);
  EXPECT_EQ(FileOf(source), FileOf(first));
  account_.denied.clear();
  account_.tasks["a1"].listed = false;
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[1], all_[2]));
}

TEST_F(SourceTest, AFileThatWasNotReadWholeDoesNotReplaceTheReadingOfAllClusters) {
  auto first = account_.MakeSource();
  Refresh(first);
  auto source = account_.MakeSource();
  source.Seed(FileOf(first), false);
  EXPECT_FALSE(source.MayWrite());
}

TEST_F(SourceTest, AnEmptyFileDoesNotReplaceTheReadingOfAllClustersEither) {
  auto source = account_.MakeSource();
  source.Seed({}, true);
  EXPECT_FALSE(source.MayWrite());
  account_.denied = {"ListClusters"};
  Refresh(source);
  EXPECT_FALSE(source.MayWrite());
  account_.denied.clear();
  Refresh(source);
  EXPECT_TRUE(source.MayWrite());
}

TEST_F(SourceTest, AnEmptyAnswerAfterARestartLosesNothing) {
  auto first = account_.MakeSource();
  Refresh(first);
  auto source = account_.MakeSource();
  source.Seed(FileOf(first), true);
  account_.lists_nothing = true;
  EXPECT_TRUE(Refresh(source).complete()) << "the absent tasks were found to run";
  EXPECT_EQ(TargetsOf(source), all_);
}

TEST_F(SourceTest, ARestoredSourceAsksForNothingButThePages) {
  auto first = account_.MakeSource();
  Refresh(first);
  const auto state = first.Save();
  auto source = account_.MakeSource();
  source.Restore(state);
  EXPECT_EQ(TargetsOf(source), all_);
  EXPECT_TRUE(source.MayWrite());
  const auto definitions = account_.CountOf("DescribeTaskDefinition");
  const auto report = Refresh(source);
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.described, 1U) << "the rolling share";
  EXPECT_EQ(account_.CountOf("DescribeTaskDefinition"), definitions);
  EXPECT_EQ(TargetsOf(source), all_);
}

// The guard.

TEST_F(SourceTest, TargetsOfAnotherRegionAreHeldBackAndThenDropped) {
  auto source = account_.MakeSource();
  source.Seed(FileOfCluster("arn:aws:ecs:us-east-1:111122223333:cluster/old", 10), true);
  auto report = Refresh(source);
  EXPECT_THAT(EventsOf(report), ElementsAre(EventKind::kLossHeld));
  EXPECT_EQ(report.events[0].targets, 10U);
  EXPECT_FALSE(report.complete());
  EXPECT_THAT(TargetsOf(source), SizeIs(13));
  EXPECT_THAT(EventsOf(Refresh(source)), IsEmpty());
  EXPECT_THAT(TargetsOf(source), SizeIs(13));
  report = Refresh(source);
  EXPECT_THAT(EventsOf(report), ElementsAre(EventKind::kLossAccepted));
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(TargetsOf(source), all_);
}

TEST_F(SourceTest, AFewTargetsOfAnotherAccountAreDroppedAtOnce) {
  auto source = account_.MakeSource();
  source.Seed(FileOfCluster("arn:aws:ecs:eu-west-1:999999999999:cluster/old", 9), true);
  const auto report = Refresh(source);
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(TargetsOf(source), all_);
  EXPECT_THAT(EventsOf(report), ElementsAre(EventKind::kLossSmall));
  EXPECT_EQ(report.events[0].subject, "arn:aws:ecs:eu-west-1:999999999999:cluster/old");
  EXPECT_EQ(report.events[0].targets, 9U);
  EXPECT_EQ(report.events[0].error,
            "they are of account 999999999999, and the credentials are of account 111122223333");
}

// As with -config.scrape-times 1, where each refresh is of a process of its own.
TEST_F(SourceTest, AgreeingRefreshesAreCountedOverProcesses) {
  const auto file = FileOfCluster("arn:aws:ecs:us-east-1:111122223333:cluster/old", 10);
  KnownState known;
  for (int process = 1; process <= 3; ++process) {
    SCOPED_TRACE(process);
    auto source = account_.MakeSource();
    source.Restore(known);
    source.Seed(file, true);
    const auto report = Refresh(source);
    EXPECT_THAT(EventsOf(report),
                ElementsAre(process < 3 ? EventKind::kLossHeld : EventKind::kLossAccepted));
    EXPECT_EQ(report.complete(), process == 3);
    EXPECT_THAT(TargetsOf(source), SizeIs(process < 3 ? 13U : 3U));
    known.held = source.held_loss();
    EXPECT_EQ(known.held.has_value(), process < 3);
  }
}

TEST_F(SourceTest, TheCountOfAnotherLossIsNotCarriedOn) {
  KnownState known;
  known.held = HeldLoss{.clusters = "arn:other", .before = 13, .refreshes = 2};
  auto source = account_.MakeSource();
  source.Restore(known);
  source.Seed(FileOfCluster("arn:aws:ecs:us-east-1:111122223333:cluster/old", 10), true);
  EXPECT_THAT(EventsOf(Refresh(source)), ElementsAre(EventKind::kLossHeld));
  EXPECT_EQ(source.held_loss()->refreshes, 1U);
}

TEST_F(SourceTest, WhatIsOutsideStaysWhileRefreshesFail) {
  auto source = account_.MakeSource();
  source.Seed(FileOfCluster("arn:aws:ecs:eu-west-1:999999999999:cluster/old", 9), true);
  account_.denied = {"DescribeTasks"};
  for (int i = 0; i < 5; ++i) Refresh(source);
  EXPECT_THAT(TargetsOf(source), SizeIs(9));
}

TEST_F(SourceTest, AClusterFlagThatChangedIsHeldBackToo) {
  auto source = account_.MakeSource("prod");
  source.Seed(FileOfCluster(ScriptedAccount::ClusterArn("test"), 10), true);
  EXPECT_THAT(EventsOf(Refresh(source)), ElementsAre(EventKind::kLossHeld));
  Refresh(source);
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre(all_[0], all_[1]));
}

// Random churn and random failures.

class ChurnTest : public testing::TestWithParam<int> {
 protected:
  ChurnTest() {
    account_.dice.seed(static_cast<std::uint64_t>(GetParam()));
    account_.page = 7;
    account_.clusters = {{"a", "ACTIVE"}, {"b", "ACTIVE"}, {"c", "ACTIVE"}};
    for (int i = 0; i < 60; ++i) Start();
  }

  std::size_t Below(std::size_t limit) { return account_.dice() % limit; }

  void Start() {
    const auto id = "t" + std::to_string(1000 + next_++);
    auto& task = account_.tasks[id];
    task.cluster = std::string(1, static_cast<char>('a' + Below(3)));
    task.kind = std::vector<std::string>{"fargate", "bridge", "restart"}[Below(3)];
    task.status = Below(3) == 0 ? "PENDING" : "RUNNING";
    task.address = static_cast<int>(Below(200));
    task.instance = static_cast<int>(1 + Below(20));
  }

  // What AWS may do between two refreshes. It describes stopped tasks for an hour.
  void Churn() {
    for (auto& [id, task] : account_.tasks) {
      if (task.status == "PENDING") task.status = "RUNNING";
      if (Below(10) == 0) task.listed = false;
      if (task.kind == "restart" && Below(4) == 0) task.address = static_cast<int>(Below(200));
    }
    for (std::size_t i = Below(8); i > 0; --i) Start();
    auto& status = account_.clusters["c"];
    if (Below(10) == 0) status = status == "ACTIVE" ? "INACTIVE" : "ACTIVE";
    if (status == "ACTIVE") return;
    for (auto& [id, task] : account_.tasks) task.listed = task.listed && task.cluster != "c";
  }

  // What a program would find that knows nothing.
  std::vector<std::string> Truth() {
    auto fresh = account_.MakeSource();
    EXPECT_TRUE(account_.Refresh(fresh).complete());
    return TargetsOf(fresh);
  }

  ScriptedAccount account_;
  int next_ = 0;
};

TEST_P(ChurnTest, WhatIsKnownEqualsAFreshReadingAndFailuresTakeNothingAway) {
  auto source = account_.MakeSource();
  std::vector<std::string> before;
  for (int refresh = 0; refresh < 40; ++refresh) {
    SCOPED_TRACE(refresh);
    Churn();
    const auto truth = Truth();
    account_.account.clock.Advance(1min);
    account_.percent_denied = std::vector<std::size_t>{0, 0, 10, 60}[Below(4)];
    const auto report = account_.Refresh(source);
    account_.percent_denied = 0;
    const auto now = TargetsOf(source);
    if (report.complete()) {
      EXPECT_EQ(now, truth);
    }
    // Nothing that was known, and is still true, has gone.
    std::vector<std::string> still_true;
    std::ranges::set_intersection(before, truth, std::back_inserter(still_true));
    EXPECT_THAT(still_true, IsSubsetOf(now));
    before = now;
    if (HasFailure()) return;
  }
}

TEST_P(ChurnTest, AChangeThatNothingTellsOfIsFoundWithinOnePeriod) {
  auto source = account_.MakeSource();
  for (auto& [id, task] : account_.tasks) task.status = "RUNNING";
  EXPECT_TRUE(account_.Refresh(source).complete());
  for (auto& [id, task] : account_.tasks) ++task.address;
  for (int minute = 0; minute < 9; ++minute) {
    account_.account.clock.Advance(1min);
    EXPECT_TRUE(account_.Refresh(source).complete());
  }
  EXPECT_EQ(TargetsOf(source), Truth());
}

INSTANTIATE_TEST_SUITE_P(Seeds, ChurnTest, testing::Range(1, 5));

}  // namespace
}  // namespace ecsd::discovery
