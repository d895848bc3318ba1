#include "state/fleet_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "core/target.h"
#include "discovery/fleet.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"
#include "discovery/some_tasks.h"
#include "discovery/stored_references.h"
#include "state/record_codec.h"
#include "state/state_file.h"

namespace ecsd::state {
namespace {

using discovery::After;
using discovery::ATask;
using discovery::Fleet;
using discovery::FleetSnapshot;
using discovery::KnownState;
using discovery::kOther;
using discovery::kProd;
using discovery::TaskArn;
using testing::ElementsAre;
using testing::IsEmpty;

// A file as a map: what the changes make of it.
using Records = std::map<std::string, std::string>;

void Apply(const std::vector<Change>& changes, Records& records) {
  for (const auto& change : changes) {
    if (change.bytes) {
      records[change.key] = *change.bytes;
    } else {
      records.erase(change.key);
    }
  }
}

Records RecordsOf(const KnownState& state) {
  Records records;
  for (const auto& task : state.tasks) records[task.record.task.arn] = Encode(task);
  for (const auto& cluster : state.clusters) records[cluster.arn] = Encode(cluster);
  return records;
}

std::vector<std::string> KeysOf(const std::vector<Change>& changes) {
  std::vector<std::string> keys;
  for (const auto& change : changes) keys.push_back((change.bytes ? "" : "-") + change.key);
  return keys;
}

class FleetChangesTest : public testing::Test {
 protected:
  // The tasks of `numbers` were found in `cluster`, and all others have stopped.
  void Read(const std::vector<int>& numbers, const std::string& cluster = kProd,
            const std::string& address = "10.0.0.1:9102") {
    discovery::ClusterReading reading;
    reading.arn = cluster;
    reading.listed_whole = true;
    const auto known = fleet_.TasksOf(cluster);
    reading.seen.resize(known.size());
    std::set<std::string> stopped;
    for (const auto& tracked : known) stopped.emplace(tracked.arn());
    for (const int number : numbers) {
      stopped.erase(TaskArn(number));
      const auto position = FindTask(known, TaskArn(number));
      if (position < known.size()) reading.seen[position] = true;
      const auto task = ATask(number, cluster);
      reading.described.push_back(Described(task, address, fleet_.texts(), After(minute_)));
    }
    for (const auto& arn : stopped) {
      auto task = ATask(0, cluster);
      task.arn = arn;
      task.last_status = "STOPPED";
      reading.described.push_back(
          Described(task, core::Reason::kTaskNotRunning, fleet_.texts(), After(minute_)));
    }
    discovery::AccountReading account;
    account.clusters = {std::move(reading)};
    account.outside = outside_;
    fleet_.Update(std::move(account), After(minute_));
  }

  [[nodiscard]] std::shared_ptr<const FleetSnapshot> Now() const {
    return fleet_.Snapshot(After(minute_));
  }
  [[nodiscard]] KnownState Saved() const {
    KnownState state;
    discovery::AddReferences(*Now(), state);
    fleet_.Save(state, After(minute_));
    return state;
  }

  Fleet fleet_;
  int minute_ = 0;
  std::vector<std::string> outside_;
};

TEST_F(FleetChangesTest, MakeTheFileHoldWhatTheFleetKnows) {
  Records file;
  const std::vector<std::pair<std::vector<int>, std::string>> readings = {
      {{1, 2, 3}, kProd}, {{2, 3, 4}, kProd}, {{7, 8}, kOther}, {{}, kProd}, {{5}, kProd}};
  auto before = Now();
  for (const auto& [numbers, cluster] : readings) {
    Read(numbers, cluster);
    const auto now = Now();
    Apply(ChangesBetween(*before, *now), file);
    EXPECT_EQ(file, RecordsOf(Saved()));
    before = now;
  }
  outside_ = {kOther};
  Read({5});
  Apply(ChangesBetween(*before, *Now()), file);
  EXPECT_THAT(file, testing::SizeIs(2));
  EXPECT_EQ(file, RecordsOf(Saved()));
}

TEST_F(FleetChangesTest, AreNoneWhenTasksWereOnlyDescribedAgain) {
  Read({1, 2});
  const auto before = Now();
  minute_ = 1;
  Read({1, 2});
  EXPECT_THAT(ChangesBetween(*before, *Now()), IsEmpty());
}

TEST_F(FleetChangesTest, AreTheTimeOfAClusterEveryTenMinutes) {
  Read({1});
  const auto before = Now();
  minute_ = 10;
  Read({1});
  EXPECT_THAT(KeysOf(ChangesBetween(*before, *Now())), ElementsAre(kProd));
}

TEST_F(FleetChangesTest, AreTheTasksWhoseOutcomeChanged) {
  Read({1, 2});
  const auto before = Now();
  Read({1}, kProd, "10.0.0.9:9102");
  EXPECT_THAT(KeysOf(ChangesBetween(*before, *Now())), ElementsAre("-" + TaskArn(2), TaskArn(1)));
}

TEST_F(FleetChangesTest, AreNoneAfterARestore) {
  Read({1, 2});
  Fleet restored;
  restored.Restore(Saved(), After(0));
  const auto before = restored.Snapshot(After(0));
  std::vector<core::Target> targets;
  Now()->ForEachTarget([&](const core::Target& target) {
    targets.push_back(target);
    return true;
  });
  restored.Seed(targets, After(0));
  EXPECT_THAT(ChangesBetween(*before, *restored.Snapshot(After(0))), IsEmpty());
}

}  // namespace
}  // namespace ecsd::state
