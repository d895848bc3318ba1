// What may be written, and what stays, while a part of the account cannot be read: between the
// layers, where a reading that seems whole would take targets away.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/scripted_account.h"
#include "discovery/source.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;
using Json = ScriptedAccount::Json;

const std::string kElsewhere = "arn:aws:ecs:us-east-1:111122223333:cluster/old";

class OutageTest : public testing::Test {
 protected:
  OutageTest() {
    account_.clusters = {{"prod", "ACTIVE"}, {"test", "ACTIVE"}};
    account_.tasks["a1"] = {.cluster = "prod", .address = 1};
    account_.tasks["a2"] = {.cluster = "prod", .kind = "bridge", .address = 2};
    account_.tasks["b1"] = {.cluster = "test", .address = 3};
  }

  RefreshReport Refresh(Source& source) {
    account_.account.clock.Advance(1min);
    return account_.Refresh(source);
  }

  // A source that began with the file of three targets, and twelve of a cluster with this ARN.
  Source WithTwelveMore(const std::string& cluster, std::string named = {}) {
    auto first = account_.MakeSource();
    EXPECT_TRUE(Refresh(first).complete());
    auto file = FileOf(first);
    for (int i = 0; i < 12; ++i) {
      core::Target target;
      target.labels = {{core::kTaskArnLabel,
                        "arn:aws:ecs:us-east-1:111122223333:task/old/t" + std::to_string(10 + i)},
                       {core::kClusterArnLabel, cluster}};
      target.address = "10.9.9." + std::to_string(i) + ":1";
      file.push_back(std::move(target));
    }
    auto source = account_.MakeSource(std::move(named));
    source.Seed(file, true);
    return source;
  }

  ScriptedAccount account_;
};

// Versions.

TEST_F(OutageTest, AKnownTaskThatLosesItsTargetChangesTheVersion) {
  account_.tasks["a1"].kind = "restart";
  auto source = account_.MakeSource();
  Refresh(source);
  const auto version = source.fleet().targets_version();
  account_.lies_in = "DescribeTasks";
  account_.lie = [](Json& body) {
    for (auto& task : body["tasks"]) {
      if (task["taskArn"] == ScriptedAccount::TaskArn("prod", "a1"))
        task["containers"][0]["lastStatus"] = "STOPPED";
    }
  };
  EXPECT_TRUE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), SizeIs(2));
  EXPECT_GT(source.fleet().targets_version(), version);
}

// What is whole.

TEST_F(OutageTest, AResponseWithoutTheTasksAskedForIsNotWhole) {
  account_.lies_in = "DescribeTasks";
  account_.lie = [](Json& body) { body = {{"tasks", Json::array()}, {"failures", Json::array()}}; };
  auto source = account_.MakeSource();
  const auto report = Refresh(source);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, support::ErrorKind::kMalformed);
  EXPECT_FALSE(source.MayWrite()) << "the file would be empty";
  for (const auto& cluster : ClustersOf(source)) EXPECT_FALSE(cluster.last_good);
}

TEST_F(OutageTest, AnAbsentClusterThatNobodyConfirmsMakesTheRefreshIncomplete) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.hidden = {"test"};
  account_.denied = {"DescribeClusters"};
  EXPECT_FALSE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), SizeIs(3));
}

TEST_F(OutageTest, NewTasksOfThePagesBeforeAFailingOneAreDescribed) {
  account_.page = 2;
  account_.tasks["a3"] = {.cluster = "prod", .address = 4};
  account_.clusters.erase("test");
  std::size_t pages = 0;
  account_.lies_in = "ListTasks";
  account_.lie = [&pages](Json& body) {
    if (++pages == 2) body = {{"__type", "AccessDeniedException"}, {"message", "not for you"}};
  };
  auto source = account_.MakeSource();
  EXPECT_FALSE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), ElementsAre("a1 10.0.0.1:9102", "a2 10.1.0.1:32770"));
}

// Only "not found" leads to a question whether a cluster is gone.
TEST_F(OutageTest, AClusterWhoseListingIsDeniedIsNotTakenForGone) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.denied = {"ListTasks"};
  account_.missing = {"DescribeClusters"};
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Refresh(source).complete());
  EXPECT_THAT(TargetsOf(source), SizeIs(3));
}

// What is outside the selection stays outside, whatever fails: it may not be read, called MISSING,
// and dropped past the guard.

TEST_F(OutageTest, WhatIsOutsideStaysWithoutTheListOfClusters) {
  auto source = WithTwelveMore(kElsewhere);
  EXPECT_TRUE(Refresh(source).holds_loss);
  account_.denied = {"ListClusters"};
  for (int i = 0; i < 3; ++i) Refresh(source);
  EXPECT_THAT(source.fleet().OutsideArns(), ElementsAre(kElsewhere));
  EXPECT_THAT(TargetsOf(source), SizeIs(15));
}

TEST_F(OutageTest, WhatIsOutsideStaysWithoutCredentials) {
  auto source = WithTwelveMore(kElsewhere);
  EXPECT_TRUE(Refresh(source).holds_loss);
  const auto report =
      source.Fail({.kind = support::ErrorKind::kCredentials, .message = "no credentials"});
  EXPECT_FALSE(report.complete());
  EXPECT_THAT(source.fleet().OutsideArns(), ElementsAre(kElsewhere));
  account_.denied = {"ListClusters"};
  for (int i = 0; i < 3; ++i) Refresh(source);
  EXPECT_THAT(TargetsOf(source), SizeIs(15));
}

TEST_F(OutageTest, WhatIsOutsideStaysWhenTheNamedClusterIsNotFoundAnyMore) {
  auto source = WithTwelveMore(kElsewhere, "prod");
  EXPECT_TRUE(Refresh(source).holds_loss);
  account_.clusters["prod"] = "INACTIVE";
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Refresh(source).complete());
  EXPECT_THAT(source.fleet().OutsideArns(), Contains(kElsewhere));
  EXPECT_THAT(TargetsOf(source), SizeIs(13)) << "the two of the deleted cluster go";
}

// Their age is that of their own account or region, which nobody here can ask.
TEST_F(OutageTest, WhatIsOutsideIsNotStaleForAnErrorOfTheSelection) {
  auto source = WithTwelveMore(kElsewhere);
  Refresh(source);
  account_.denied = {"ListClusters", "ListTasks"};
  Refresh(source);
  for (const auto& cluster : ClustersOf(source))
    EXPECT_EQ(cluster.error.has_value(), !cluster.outside) << cluster.arn;
}

// The file may be of another account, whose cluster has the same name.
TEST_F(OutageTest, ANamedClusterOfTheFileIsLookedUpBeforeItIsBelieved) {
  auto source = WithTwelveMore("arn:aws:ecs:eu-west-1:999999999999:cluster/prod", "prod");
  const auto report = Refresh(source);
  EXPECT_FALSE(report.error) << report.error->message;
  EXPECT_THAT(source.fleet().OutsideArns(),
              Contains("arn:aws:ecs:eu-west-1:999999999999:cluster/prod"));
}

// The start.

TEST_F(OutageTest, AStateOfAnEmptyAccountMayBeWritten) {
  KnownState state;
  state.clusters.push_back({.arn = ScriptedAccount::ClusterArn("prod"), .last_good = {}});
  auto source = account_.MakeSource();
  EXPECT_FALSE(source.MayWrite());
  source.Restore(state);
  EXPECT_TRUE(source.MayWrite());
}

TEST_F(OutageTest, WhatTheFileHasIsStaleWithoutCredentials) {
  auto source = WithTwelveMore(kElsewhere);
  const auto report =
      source.Fail({.kind = support::ErrorKind::kCredentials, .message = "no credentials"});
  EXPECT_FALSE(report.complete());
  for (const auto& cluster : ClustersOf(source)) EXPECT_TRUE(cluster.error) << cluster.arn;
}

// What is remembered of a cluster, or of the refresh before.

TEST_F(OutageTest, AClusterThatComesAgainHasNotRecovered) {
  auto source = account_.MakeSource();
  Refresh(source);
  account_.denied = {"ListTasks"};
  Refresh(source);
  account_.denied.clear();
  account_.clusters["test"] = "INACTIVE";
  EXPECT_TRUE(Refresh(source).complete());
  account_.clusters["test"] = "ACTIVE";
  const auto report = Refresh(source);
  EXPECT_TRUE(report.complete());
  EXPECT_TRUE(report.events.empty()) << "it was stale, and then it was deleted";
}

// As after SIGHUP.
TEST_F(OutageTest, AnEarlyRefreshDescribesAPartOfAShare) {
  for (int i = 0; i < 897; ++i) {
    account_.tasks["t" + std::to_string(1000 + i)] = {.cluster = "prod", .address = i % 250};
  }
  auto source = account_.MakeSource();
  EXPECT_EQ(Refresh(source).described, 900U);
  EXPECT_EQ(Refresh(source).described, 100U);
  account_.account.clock.Advance(6s);
  EXPECT_EQ(account_.Refresh(source).described, 10U);
}

}  // namespace
}  // namespace ecsd::discovery
