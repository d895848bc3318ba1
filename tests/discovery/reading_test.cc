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

#include "core/derive.h"
#include "core/reason.h"
#include "core/selection.h"
#include "core/task_facts.h"
#include "discovery/doubt.h"
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
  std::string status = "RUNNING";
  bool not_begun = false;
  bool instance_gone = false;
  bool unread = false;
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
  const Description ended{.reason = Reason::kTaskNotRunning, .version = 6, .status = "STOPPED"};
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
  const Description denied{.reason = Reason::kDefinitionUnavailable, .unread = true};
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
      {.name = "UnreadWithATarget", .described = {{.address = kNew, .unread = true}}},
      {.name = "NotFoundInstance",
       .described = {{.address = kOld, .reason = Reason::kNoInstanceAddress}},
       .fate = Fate::kReplaced},
      {.name = "NotFoundDefinition",
       .described = {{.address = kOld, .reason = Reason::kDefinitionUnavailable}},
       .fate = Fate::kReplaced},
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
      .reason = Reason::kTaskNotRunning, .status = "PENDING", .not_begun = true};
  const Description lacking{.reason = Reason::kNoPortLabel, .version = 6};
  return {
      {.name = "LowerVersion",
       .described = {{.address = kNew, .version = 4}},
       .doubt = DoubtKind::kStale},
      {.name = "LowerVersionThatEnded",
       .seen = false,
       .described = {{.reason = Reason::kTaskNotRunning, .version = 4, .status = "STOPPED"}},
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
       .described = {{.reason = Reason::kNoAddress, .status = "ACTIVATING"}},
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
  TrackedTask Known() {
    const auto& merge = GetParam();
    auto task = ATask(1);
    if (merge.version != kNoVersion) task.version = merge.version;
    const auto wanted = merge.is_skipped ? Wanted(Reason::kNoPortLabel) : Wanted(kOld);
    return Tracked(Described(task, wanted, texts_, After(0)), texts_);
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

  // What is only not found comes out as it was known.
  DescribedTask DescribedAs(const Description& description) {
    auto task = ATask(1);
    task.last_status = description.status;
    if (description.version != kNoVersion) task.version = description.version;
    const bool is_target = description.address && !core::IsOnlyNotFound(description.reason);
    const auto wanted = is_target ? Wanted(*description.address) : Wanted(description.reason);
    return {.facts = FactsOf(task, wanted, texts_),
            .described = Now(),
            .unread = description.unread,
            .not_begun = description.not_begun,
            .instance_gone = description.instance_gone};
  }

  static support::SteadyTime Now() { return After(GetParam().minutes_known).steady; }

  MergedTasks Merge() {
    const auto tally = core::TallyOf(core::Derive(*Known().facts, selection_));
    return MergeReading({.tasks = {Known()}, .tally = tally}, Reading(),
                        {.now = Now(), .one_shot = GetParam().one_shot, .selection = &selection_},
                        texts_);
  }

  static std::optional<DoubtKind> DoubtAbout(const TrackedTask& tracked) {
    return tracked.doubt ? std::optional(tracked.doubt->kind) : std::nullopt;
  }

  // The address of the target of task 1, or none.
  static std::optional<std::string> AddressOfOne(const TrackedTask& tracked) {
    const auto addresses = AddressesOf(tracked);
    return addresses.empty() ? std::nullopt : std::optional(addresses.front());
  }

  core::SharedTexts texts_;
  core::Selection selection_;
};

TEST_P(MergeTest, KeepsReplacesOrDropsTheTask) {
  const auto& merge = GetParam();
  const auto known = Known();
  const auto merged = Merge();
  EXPECT_EQ(merged.targets_changed, merge.changes);
  EXPECT_EQ(merged.contradiction.has_value(), merge.contradicts);
  EXPECT_EQ(merged.doubts.count, merge.doubt ? 1U : 0U);
  if (merge.fate == Fate::kGone) {
    EXPECT_THAT(merged.tasks, IsEmpty());
    EXPECT_EQ(merged.tally, core::Tally());
    return;
  }
  ASSERT_EQ(merged.tasks.size(), 1U);
  const auto& tracked = merged.tasks[0];
  EXPECT_EQ(merged.tally, core::TallyOf(core::Derive(*tracked.facts, selection_)));
  EXPECT_EQ(DoubtAbout(tracked), merge.doubt);
  EXPECT_EQ(tracked.first_seen, known.first_seen);
  const bool replaced = merge.fate == Fate::kReplaced;
  EXPECT_EQ(AddressOfOne(tracked), replaced ? merge.described->address : AddressOfOne(known));
  if (replaced) {
    EXPECT_EQ(tracked.version(), merge.described->version);
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
  core::SharedTexts texts;
  const core::Selection selection;
  Tasks known = {Tracked(ATarget(2, texts, After(0)), texts),
                 Tracked(ATarget(4, texts, After(0)), texts)};
  ClusterReading reading;
  reading.listed_whole = true;
  reading.seen = {true, true};
  for (const int number : {5, 3, 4, 1})
    reading.described.push_back(ATarget(number, texts, After(1)));
  const auto merged =
      MergeReading({.tasks = std::move(known), .tally = {.targets = 2}}, std::move(reading),
                   {.now = After(1).steady, .selection = &selection}, texts);
  std::vector<std::string> arns;
  for (const auto& tracked : merged.tasks) arns.emplace_back(tracked.arn());
  EXPECT_THAT(arns, ElementsAre(TaskArn(1), TaskArn(2), TaskArn(3), TaskArn(4), TaskArn(5)));
  EXPECT_TRUE(merged.targets_changed);
  EXPECT_EQ(merged.tally.targets, 5U);
}

// A new task without targets is no change of the file.
TEST(MergeOfManyTest, ANewTaskChangesTheTargetsOnlyWhenItHasSome) {
  core::SharedTexts texts;
  const core::Selection selection;
  for (const bool has_target : {true, false}) {
    ClusterReading reading;
    const auto wanted = has_target ? Wanted(kOld) : Wanted(Reason::kNoPortLabel);
    reading.described = {Described(ATask(1), wanted, texts, After(1))};
    const auto merged = MergeReading({}, std::move(reading),
                                     {.now = After(1).steady, .selection = &selection}, texts);
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
