#include "server/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "server/snapshots.h"

namespace ecsd::server {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Tone = Verdict::Tone;

const Identity kIdentity{.version = "1.2.3",
                         .region = "eu-west-1",
                         .interval = minutes(1),
                         .configuration = {},
                         .cluster = {}};

// A snapshot after a refresh that read everything: cluster `prod` alone.
Snapshot CompleteSnapshot() {
  auto snapshot = GoodSnapshot();
  snapshot.error.clear();
  snapshot.clusters.pop_back();
  snapshot.last_complete = snapshot.refreshed;
  return snapshot;
}

Verdict Judge(const Snapshot& snapshot, const LiveFigures& live = {},
              seconds after_refresh = seconds(12), const Identity& identity = kIdentity) {
  return JudgeState({.snapshot = snapshot,
                     .live = live,
                     .now = snapshot.refreshed.value_or(snapshot.started) + after_refresh,
                     .query = {}},
                    identity);
}

TEST(VerdictTest, IsGoodWhenEverythingWasRead) {
  const auto verdict = Judge(CompleteSnapshot());

  EXPECT_EQ(verdict.tone, Tone::kGood);
  EXPECT_EQ(verdict.headline, "1 cluster was read completely in the last refresh.");
  EXPECT_THAT(verdict.details, IsEmpty());
}

TEST(VerdictTest, WaitsForTheFirstRefresh) {
  EXPECT_EQ(Judge(EmptySnapshot()).tone, Tone::kWait);
}

TEST(VerdictTest, IsBadWhenNothingHasEverBeenRead) {
  auto snapshot = EmptySnapshot();
  snapshot.refreshed = snapshot.started;
  snapshot.error = "no credentials";

  const auto verdict = Judge(snapshot);

  EXPECT_EQ(verdict.tone, Tone::kBad);
  EXPECT_THAT(verdict.headline, HasSubstr("No discovery has succeeded since the start"));
  EXPECT_THAT(verdict.details, ElementsAre("no credentials"));
}

TEST(VerdictTest, WarnsOfClustersThatCouldNotBeRead) {
  const auto verdict = Judge(GoodSnapshot());

  EXPECT_EQ(verdict.tone, Tone::kWarn);
  EXPECT_EQ(verdict.headline,
            "1 of 2 clusters could not be read; the last known targets are kept.");
  EXPECT_THAT(verdict.details, IsEmpty()) << "the cluster says why";
}

TEST(VerdictTest, ClaimsNoKnownTargetsOfClustersThatWereNeverRead) {
  auto snapshot = GoodSnapshot();
  snapshot.clusters.back().last_success.reset();
  snapshot.clusters.back().tasks = 0;

  EXPECT_EQ(Judge(snapshot).tone, Tone::kWarn);
  EXPECT_EQ(Judge(snapshot).headline, "1 of 2 clusters was never read and serves no targets.");

  snapshot.clusters.push_back(snapshot.clusters.back());
  EXPECT_EQ(Judge(snapshot).headline, "2 of 3 clusters were never read and serve no targets.");

  snapshot.clusters.back().last_success = snapshot.started;
  EXPECT_EQ(Judge(snapshot).headline,
            "2 of 3 clusters could not be read; the last known targets are kept, but 1 was never "
            "read and serves none.");
}

TEST(VerdictTest, IsBadInATotalOutage) {
  auto snapshot = GoodSnapshot();
  snapshot.clusters.front().stale_since = snapshot.started;
  snapshot.failing_since = snapshot.started;

  const auto verdict = Judge(snapshot);

  EXPECT_EQ(verdict.tone, Tone::kBad);
  EXPECT_THAT(verdict.headline, HasSubstr("Total outage: nothing could be read for <time"));
}

TEST(VerdictTest, WarnsOfAListOfClustersThatCannotBeRead) {
  auto snapshot = CompleteSnapshot();
  snapshot.error = "ECS ListClusters: denied";

  const auto verdict = Judge(snapshot);

  EXPECT_EQ(verdict.tone, Tone::kWarn);
  EXPECT_THAT(verdict.headline, HasSubstr("Refreshes are incomplete"));
  EXPECT_THAT(verdict.details, ElementsAre("ECS ListClusters: denied"));
}

TEST(VerdictTest, AsksAnEmptyAccountWhetherItIsTheRightOne) {
  auto snapshot = CompleteSnapshot();
  snapshot.clusters.clear();

  EXPECT_EQ(Judge(snapshot).tone, Tone::kWarn);
  EXPECT_EQ(Judge(snapshot).headline,
            "No ECS clusters in eu-west-1, account not known: wrong region or role?");
  EXPECT_EQ(Judge(snapshot, {.caller = {.account = "123456789012"}}).headline,
            "No ECS clusters in eu-west-1, account 123456789012: wrong region or role?");
}

TEST(VerdictTest, NamesTheClusterThatIsNotThere) {
  auto snapshot = CompleteSnapshot();
  snapshot.clusters.clear();
  auto identity = kIdentity;
  identity.cluster = "prod";

  EXPECT_THAT(Judge(snapshot, {}, seconds(1), identity).headline,
              HasSubstr("Cluster prod is not in eu-west-1"));
}

TEST(VerdictTest, WarnsWhenThereIsNoTarget) {
  auto snapshot = CompleteSnapshot();
  snapshot.containers = std::make_shared<PlainContainers>();

  EXPECT_EQ(Judge(snapshot).tone, Tone::kWarn);
  EXPECT_THAT(Judge(snapshot).headline, HasSubstr("No targets: 2 tasks in 1 cluster"));
}

TEST(VerdictTest, SaysWhatIsHeldBackAndTheWaysOut) {
  auto snapshot = CompleteSnapshot();
  snapshot.held_back = {.clusters = {"old", "older"},
                        .targets = 1240,
                        .why = "they are of region us-east-1",
                        .refreshes_to_agree = 2};

  const auto verdict = Judge(snapshot);

  EXPECT_EQ(verdict.tone, Tone::kWarn);
  EXPECT_EQ(verdict.headline,
            "1,240 targets of old, older are held back: they are of region us-east-1.");
  ASSERT_EQ(verdict.details.size(), 1U);
  EXPECT_THAT(verdict.details[0],
              HasSubstr("when 2 more complete refreshes agree (about 00:12:00 UTC)"));
  EXPECT_THAT(verdict.details[0], HasSubstr("--guard.max-drop-percent 100"));
  EXPECT_THAT(verdict.details[0], HasSubstr("-config.cluster"));
}

TEST(VerdictTest, SaysWhatIsHeldBackInAnOutageToo) {
  auto snapshot = GoodSnapshot();
  snapshot.held_back = {.clusters = {"old"}, .targets = 12, .why = {}};

  const auto verdict = Judge(snapshot);

  EXPECT_THAT(verdict.headline, HasSubstr("1 of 2 clusters could not be read"));
  EXPECT_THAT(verdict.details,
              ElementsAre("12 targets of old are held back: they are outside the selection.",
                          HasSubstr("wait for the next complete refresh, which judges them")));
}

TEST(VerdictTest, SaysUntilWhenTasksAreDoubted) {
  auto snapshot = CompleteSnapshot();
  snapshot.doubted = {.tasks = 2, .believed = snapshot.started + minutes(3)};

  const auto verdict = Judge(snapshot);

  EXPECT_EQ(verdict.tone, Tone::kWarn);
  ASSERT_EQ(verdict.details.size(), 1U);
  EXPECT_THAT(verdict.details[0], HasSubstr("2 tasks"));
  EXPECT_THAT(verdict.details[0], HasSubstr("00:03:00 UTC"));
}

TEST(VerdictTest, WarnsWhenTheLastRefreshIsThreeIntervalsOld) {
  EXPECT_EQ(Judge(CompleteSnapshot(), {}, seconds(180)).tone, Tone::kGood);
  const auto verdict = Judge(CompleteSnapshot(), {}, seconds(181));
  EXPECT_EQ(verdict.tone, Tone::kWarn);
  ASSERT_EQ(verdict.details.size(), 1U);
  EXPECT_THAT(verdict.details[0], HasSubstr("one is due every 60 s"));
}

TEST(VerdictTest, WarnsOfAFileThatCannotBeWritten) {
  auto snapshot = CompleteSnapshot();
  snapshot.write_error = "no space left on device";

  EXPECT_EQ(Judge(snapshot).tone, Tone::kWarn);
  EXPECT_THAT(Judge(snapshot).details,
              ElementsAre("The output file is out of date: no space left on device"));
}

TEST(VerdictTest, WarnsOfAWrongClock) {
  EXPECT_EQ(Judge(CompleteSnapshot(), {.clock_ahead = seconds(59)}).tone, Tone::kGood);
  EXPECT_THAT(Judge(CompleteSnapshot(), {.clock_ahead = seconds(-7200)}).details,
              ElementsAre(HasSubstr("7,200 s behind AWS")));
}

TEST(AccountOfTest, IsThatOfTheCallerElseOfTheClusters) {
  auto snapshot = CompleteSnapshot();
  const LiveFigures known{.caller = {.account = "111122223333"}};
  const LiveFigures unknown;
  const auto account = [&](const LiveFigures& live) {
    return AccountOf({.snapshot = snapshot, .live = live, .now = {}, .query = {}});
  };

  EXPECT_EQ(account(known), "111122223333");
  EXPECT_EQ(account(unknown), "123456789012");
  snapshot.clusters.clear();
  EXPECT_EQ(account(unknown), "");
}

}  // namespace
}  // namespace ecsd::server
