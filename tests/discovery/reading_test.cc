#include "discovery/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "core/target.h"
#include "discovery/doubt.h"
#include "discovery/known_state.h"
#include "discovery/some_tasks.h"
#include "discovery/tracked_task.h"
#include "support/clock.h"

namespace ecsd::discovery {
namespace {

using core::Reason;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kOld = "10.0.0.1:9102";
const std::string kNew = "10.0.0.1:9999";

// What a description says of task 1: a target at `address`, or the reason why there is none.
struct Description {
  std::optional<std::string> address;
  Reason reason = Reason::kContainerStopped;
  std::int64_t version = 5;
  bool ended = false;
  bool lacks_target = false;
  bool not_begun = false;
  bool instance_gone = false;
  Settlement settlement = Settlement::kSettled;
};

enum class Fate : std::uint8_t { kKept, kReplaced, kGone };

// Task 1 is known, in version 5 as a target at kOld unless it `is_skipped`, and one reading comes.
struct MergeCase {
  std::string name;
  bool is_skipped = false;
  std::int64_t version = 5;
  int minutes_known = 1;  // since it was described, or its cluster was read
  // The reading.
  bool seen = true;
  bool whole = true;
  bool missing = false;
  std::optional<Description> described;
  bool one_shot = false;
  // What becomes of it.
  Fate fate = Fate::kKept;
  bool changes = false;  // the targets
  std::optional<DoubtKind> doubt;
  bool contradicts = false;
};

void PrintTo(const MergeCase& merge, std::ostream* out) {
  *out << merge.name;
}

std::vector<MergeCase> AbsentTasks() {
  const Description ended{.reason = Reason::kTaskNotRunning, .version = 6, .ended = true};
  return {
      {.name = "NobodySaysAnything", .seen = false},
      {.name = "Ended", .seen = false, .described = ended, .fate = Fate::kGone, .changes = true},
      {.name = "EndedWithoutTarget",
       .is_skipped = true,
       .seen = false,
       .described = ended,
       .fate = Fate::kGone},
      {.name = "Runs", .seen = false, .described = {{.address = kOld}}, .fate = Fate::kReplaced},
      {.name = "Missing", .seen = false, .missing = true, .doubt = DoubtKind::kMissing},
      {.name = "MissingAnHourAfterItRan",
       .minutes_known = 61,
       .seen = false,
       .missing = true,
       .fate = Fate::kGone,
       .changes = true},
      {.name = "MissingJustWithinTheHour",
       .minutes_known = 60,
       .seen = false,
       .missing = true,
       .doubt = DoubtKind::kMissing},
      {.name = "MissingWithoutTarget",
       .is_skipped = true,
       .seen = false,
       .missing = true,
       .fate = Fate::kGone},
      {.name = "MissingInTheOnlyRefresh",
       .seen = false,
       .missing = true,
       .one_shot = true,
       .fate = Fate::kGone,
       .changes = true},
      {.name = "MissingFromAnUnfinishedListing",
       .seen = false,
       .whole = false,
       .missing = true,
       .contradicts = true},
      {.name = "ListedAndMissing", .missing = true, .contradicts = true},
      {.name = "EndedThoughListed", .described = ended, .fate = Fate::kReplaced, .changes = true},
  };
}

std::vector<MergeCase> DescribedTasks() {
  const Description denied{.reason = Reason::kDefinitionUnavailable,
                           .settlement = Settlement::kUnread};
  return {
      {.name = "TheSame", .described = {{.address = kOld}}, .fate = Fate::kReplaced},
      // Else the dead target would stay in the file.
      {.name = "ItsContainerStopped",
       .described = {{.reason = Reason::kContainerStopped}},
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "TheTargetMoved",
       .described = {{.address = kNew}},
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "ATargetCame",
       .is_skipped = true,
       .described = {{.address = kNew}},
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "AnotherReason",
       .is_skipped = true,
       .described = {{.reason = Reason::kNoBinding}},
       .fate = Fate::kReplaced},
      {.name = "Unread", .described = denied},
      {.name = "UnreadWithATarget",
       .described = {{.address = kNew, .settlement = Settlement::kUnread}}},
      {.name = "NotFoundInstance",
       .described = {{.reason = Reason::kNoInstanceAddress}},
       .fate = Fate::kKept},
      {.name = "InstanceThatIsGone",
       .described = {{.reason = Reason::kNoInstanceAddress, .instance_gone = true}},
       .fate = Fate::kReplaced,
       .changes = true},
  };
}

std::vector<MergeCase> Contradictions() {
  const Description less{.reason = Reason::kNoAddress};
  const Description less_unversioned{.reason = Reason::kNoAddress, .version = kNoVersion};
  const Description pending{
      .reason = Reason::kTaskNotRunning, .not_begun = true, .settlement = Settlement::kMoving};
  const Description lacking{.reason = Reason::kNoPortLabel, .version = 6, .lacks_target = true};
  return {
      {.name = "LowerVersion",
       .described = {{.address = kNew, .version = 4}},
       .doubt = DoubtKind::kStale},
      {.name = "LowerVersionThatEnded",
       .seen = false,
       .described = {{.reason = Reason::kTaskNotRunning, .version = 4, .ended = true}},
       .doubt = DoubtKind::kStale},
      {.name = "HigherVersion",
       .described = {{.address = kNew, .version = 6}},
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "LowerThanNoVersion",
       .version = kNoVersion,
       .described = {{.address = kNew, .version = 1}},
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "NoAddress", .described = less, .doubt = DoubtKind::kLess},
      {.name = "NoAddressInAHigherVersion",
       .described = {{.reason = Reason::kNoAddress, .version = 6}},
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "NoAddressAndNoVersion", .described = less_unversioned, .doubt = DoubtKind::kLess},
      {.name = "NeverAVersion",
       .version = kNoVersion,
       .described = less_unversioned,
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "FirstVersionWithLess",
       .version = kNoVersion,
       .described = less,
       .doubt = DoubtKind::kLess},
      {.name = "FirstVersionWithLessInTheOnlyRefresh",
       .version = kNoVersion,
       .described = less,
       .one_shot = true,
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "LessWhileItStops",
       .described = {{.reason = Reason::kNoAddress, .settlement = Settlement::kMoving}},
       .fate = Fate::kReplaced,
       .changes = true},
      {.name = "NotBegun", .described = pending, .doubt = DoubtKind::kLess},
      {.name = "NotBegunWithoutTarget",
       .is_skipped = true,
       .described = pending,
       .fate = Fate::kReplaced},
      {.name = "DefinitionWithoutReason", .described = lacking, .doubt = DoubtKind::kLess},
      {.name = "DefinitionWithoutReasonInTheOnlyRefresh",
       .described = lacking,
       .one_shot = true,
       .fate = Fate::kReplaced,
       .changes = true},
  };
}

class MergeTest : public testing::TestWithParam<MergeCase> {
 protected:
  // Task 1 with one container, a target where it has an address.
  TrackedTask Task(const std::optional<std::string>& address, Reason reason) {
    const auto task = ATask(1);
    const auto outcome = address ? core::Outcome(TargetOf(task, *address)) : Because(reason);
    return Described(task, outcome, shared_, After(0)).tracked;
  }

  TrackedTask Known() {
    const auto& merge = GetParam();
    auto known = Task(merge.is_skipped ? std::nullopt : std::optional(kOld), Reason::kFiltered);
    known.version = merge.version;
    known.settlement = Settlement::kSettled;
    return known;
  }

  ClusterReading Reading() {
    const auto& merge = GetParam();
    ClusterReading reading;
    reading.arn = kProd;
    reading.listed_whole = merge.whole;
    reading.seen = {merge.seen};
    if (merge.missing) reading.missing = {TaskArn(1)};
    if (merge.described) reading.described = {DescribedAs(*merge.described)};
    return reading;
  }

  DescribedTask DescribedAs(const Description& description) {
    DescribedTask described{.tracked = Task(description.address, description.reason),
                            .ended = description.ended,
                            .lacks_target = description.lacks_target,
                            .not_begun = description.not_begun,
                            .instance_gone = description.instance_gone};
    described.tracked.version = description.version;
    described.tracked.settlement = description.settlement;
    described.tracked.described = Now();
    described.tracked.first_seen = Now();
    return described;
  }

  static support::SteadyTime Now() { return After(GetParam().minutes_known).steady; }

  MergedTasks Merge() {
    return MergeReading({Known()}, Reading(), {.now = Now(), .one_shot = GetParam().one_shot});
  }

  static std::optional<DoubtKind> DoubtAbout(const TrackedTask& tracked) {
    return tracked.doubt ? std::optional(tracked.doubt->kind) : std::nullopt;
  }

  SharedValues shared_;
};

// The address of the target of task 1, or none.
std::optional<std::string> AddressOfOne(const TrackedTask& tracked) {
  if (tracked.task->target_count() == 0) return std::nullopt;
  core::Target target;
  tracked.task->FillTarget(0, target);
  return target.address;
}

TEST_P(MergeTest, KeepsReplacesOrDropsTheTask) {
  const auto& merge = GetParam();
  const auto known = Known();
  const auto merged = Merge();
  EXPECT_EQ(merged.targets_changed, merge.changes);
  EXPECT_EQ(merged.contradiction.has_value(), merge.contradicts);
  EXPECT_EQ(merged.doubts.count, merge.doubt ? 1U : 0U);
  if (merge.fate == Fate::kGone) {
    EXPECT_THAT(merged.tasks, IsEmpty());
    return;
  }
  ASSERT_EQ(merged.tasks.size(), 1U);
  const auto& tracked = merged.tasks[0];
  EXPECT_EQ(DoubtAbout(tracked), merge.doubt);
  EXPECT_EQ(tracked.first_seen, known.first_seen);
  const bool replaced = merge.fate == Fate::kReplaced;
  EXPECT_EQ(AddressOfOne(tracked), replaced ? merge.described->address : AddressOfOne(known));
  if (replaced) {
    EXPECT_EQ(tracked.version, merge.described->version);
    EXPECT_EQ(tracked.described, Now());
  }
}

std::string MergeName(const testing::TestParamInfo<MergeCase>& one) {
  return one.param.name;
}

INSTANTIATE_TEST_SUITE_P(Absent, MergeTest, testing::ValuesIn(AbsentTasks()), MergeName);
INSTANTIATE_TEST_SUITE_P(Described, MergeTest, testing::ValuesIn(DescribedTasks()), MergeName);
INSTANTIATE_TEST_SUITE_P(Contradicted, MergeTest, testing::ValuesIn(Contradictions()), MergeName);

TEST(MergeOfManyTest, ComesSortedWithNewAndKnownTasks) {
  SharedValues shared;
  std::vector<TrackedTask> known = {ATarget(2, shared, After(0)).tracked,
                                    ATarget(4, shared, After(0)).tracked};
  ClusterReading reading;
  reading.listed_whole = true;
  reading.seen = {true, true};
  for (const int number : {5, 3, 4, 1})
    reading.described.push_back(ATarget(number, shared, After(1)));
  const auto merged = MergeReading(std::move(known), std::move(reading), {.now = After(1).steady});
  std::vector<std::string> arns;
  for (const auto& tracked : merged.tasks) arns.emplace_back(tracked.task->arn());
  EXPECT_THAT(arns, ElementsAre(TaskArn(1), TaskArn(2), TaskArn(3), TaskArn(4), TaskArn(5)));
  EXPECT_TRUE(merged.targets_changed);
}

// A new task without targets is no change of the file.
TEST(MergeOfManyTest, ANewTaskChangesTheTargetsOnlyWhenItHasSome) {
  SharedValues shared;
  for (const bool has_target : {true, false}) {
    ClusterReading reading;
    const auto task = ATask(1);
    const auto outcome =
        has_target ? core::Outcome(TargetOf(task, kOld)) : Because(Reason::kNoPortLabel);
    reading.described = {Described(task, outcome, shared, After(1))};
    const auto merged = MergeReading({}, std::move(reading), {.now = After(1).steady});
    EXPECT_EQ(merged.targets_changed, has_target);
    EXPECT_EQ(merged.tasks.size(), 1U);
  }
}

struct IncompleteCase {
  std::string name;
  std::optional<support::Error> error;
  std::optional<support::Error> unread;
  std::vector<std::string> unanswered;
  std::string expected;  // the message; empty: the reading is whole
};

TEST(WhyIncompleteTest, NamesTheFirstCause) {
  const support::Error unread{.kind = support::ErrorKind::kThrottled, .message = "no definition"};
  const std::string lost =
      "ECS DescribeTasks: 2 of the tasks asked for are missing or malformed in the response, such "
      "as a";
  const std::vector<IncompleteCase> cases = {
      {"Whole", {}, {}, {}, ""},
      {"Error", kDenied, unread, {"a"}, "denied"},
      {"Unread", {}, unread, {"a"}, "no definition"},
      {"Unanswered", {}, {}, {"a", "b"}, lost},
  };
  for (const auto& each : cases) {
    ClusterReading reading;
    reading.listed_whole = true;
    reading.error = each.error;
    reading.unread = each.unread;
    reading.unanswered = each.unanswered;
    const auto why = WhyIncomplete(reading);
    EXPECT_EQ(why ? why->message : "", each.expected) << each.name;
  }
}

}  // namespace
}  // namespace ecsd::discovery
