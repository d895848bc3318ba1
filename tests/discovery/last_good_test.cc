#include "discovery/last_good.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/derive.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/selection.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

using core::Reason;
using testing::ElementsAre;

const std::string kKnown = "10.0.0.1:9102";

class LastGoodTest : public testing::Test {
 protected:
  std::shared_ptr<const core::TaskFacts> Facts(const Wanted& wanted,
                                               const core::Task& task = ATask(1)) {
    return FactsOf(task, wanted, texts_);
  }
  // A task that is known from the file only, with a target of the container "app".
  std::shared_ptr<const core::TaskFacts> FromFile(const std::string& address) {
    core::TaskRecord record;
    record.task.arn = TaskArn(1);
    record.recovered = {TargetOf(ATask(1), address)};
    return std::make_shared<const core::TaskFacts>(record, core::TaskReferences(), texts_);
  }
  std::shared_ptr<const core::TaskFacts> Kept(
      const std::shared_ptr<const core::TaskFacts>& now,
      const std::shared_ptr<const core::TaskFacts>& before) {
    return KeepingWhatIsNotFound(*now, *before, texts_);
  }
  std::vector<std::string> Shown(const core::TaskFacts& facts) {
    std::vector<std::string> shown;
    for (const auto& outcome : core::Derive(facts, selection_)) {
      for (const auto& target : outcome.targets) shown.push_back(target.address);
      if (outcome.skip) shown.emplace_back(core::ReasonName(outcome.skip->reason));
    }
    return shown;
  }

  core::SharedTexts texts_;
  core::Selection selection_;
};

TEST_F(LastGoodTest, AnswersThatOnlySayNotFoundTakeNoFactAway) {
  for (const auto reason : {Reason::kDefinitionUnavailable, Reason::kNoInstanceAddress}) {
    const auto kept = Kept(Facts(reason), Facts(kKnown));
    ASSERT_NE(kept, nullptr);
    EXPECT_THAT(Shown(*kept), ElementsAre(kKnown));
  }
}

TEST_F(LastGoodTest, WhatIsFoundIsAsItIsNow) {
  for (const auto reason : {Reason::kTaskNotRunning, Reason::kNoBinding, Reason::kNoPortLabel}) {
    EXPECT_EQ(Kept(Facts(reason), Facts(kKnown)), nullptr) << core::ReasonName(reason);
  }
  EXPECT_EQ(Kept(Facts("10.0.0.2:9102"), Facts(kKnown)), nullptr);
}

// A revision is another definition.
TEST_F(LastGoodTest, OnlyTheSameDefinitionIsKept) {
  auto other = ATask(1);
  other.definition_arn = "another";
  const auto kept = Kept(Facts(Reason::kDefinitionUnavailable, other), Facts(kKnown));
  ASSERT_NE(kept, nullptr) << "of the same instance";
  EXPECT_THAT(Shown(*kept), ElementsAre("definition_unavailable"));
}

TEST_F(LastGoodTest, AnAddressThatNoOtherMachineReachesIsNotKept) {
  EXPECT_EQ(Kept(Facts(Reason::kNoInstanceAddress), Facts("169.254.1.1:9102")), nullptr);
}

// A container that was started anew in its task is reached through the same instance.
TEST_F(LastGoodTest, TheInstanceOfATaskServesItsNewContainers) {
  auto restarted = ATask(1);
  restarted.containers[0].arn = ContainerArn(2);
  const auto kept = Kept(Facts(Reason::kNoInstanceAddress, restarted), Facts(kKnown));
  ASSERT_NE(kept, nullptr);
  EXPECT_THAT(Shown(*kept), ElementsAre(kKnown));
}

TEST_F(LastGoodTest, ATargetOfTheFileStandsUntilAllIsFound) {
  const auto file = FromFile("10.9.9.9:1");
  for (const auto reason : {Reason::kDefinitionUnavailable, Reason::kNoInstanceAddress}) {
    const auto kept = Kept(Facts(reason), file);
    ASSERT_NE(kept, nullptr);
    EXPECT_THAT(Shown(*kept), ElementsAre("10.9.9.9:1"));
    const auto kept_again = Kept(Facts(reason), kept);
    ASSERT_NE(kept_again, nullptr) << "in the next refresh too";
    EXPECT_THAT(Shown(*kept_again), ElementsAre("10.9.9.9:1"));
    EXPECT_EQ(Kept(Facts(kKnown), kept_again), nullptr) << "found: nothing of the file is left";
  }
}

TEST_F(LastGoodTest, ARunningContainerDoesNotLoseItsAddressOrItsBinding) {
  const auto before = core::Derive(*Facts(kKnown), selection_);
  for (const auto reason : {Reason::kNoAddress, Reason::kNoBinding}) {
    EXPECT_TRUE(HasLess(core::Derive(*Facts(reason), selection_), before));
  }
  for (const auto reason : {Reason::kContainerStopped, Reason::kNoPortLabel}) {
    EXPECT_FALSE(HasLess(core::Derive(*Facts(reason), selection_), before));
  }
  EXPECT_FALSE(HasLess(before, before));
  EXPECT_FALSE(HasLess(before, core::Derive(*Facts(Reason::kNoAddress), selection_)));
}

// A container that was started anew in its task has another ARN.
TEST_F(LastGoodTest, AContainerOfTheSameNameWithAnotherArnIsAnother) {
  auto other = ATask(1);
  other.containers[0].arn = ContainerArn(2);
  EXPECT_TRUE(HasLess(core::Derive(*Facts(kKnown, other), selection_),
                      core::Derive(*Facts(kKnown), selection_)));
}

TEST_F(LastGoodTest, ADefinitionThatTakesATargetAwayDeniesIt) {
  const auto before = core::Derive(*Facts(kKnown), selection_);
  for (const auto reason : {Reason::kNoPortLabel, Reason::kNoNetwork}) {
    EXPECT_TRUE(DefinitionDenies(core::Derive(*Facts(reason), selection_), before));
    EXPECT_FALSE(DefinitionDenies(before, core::Derive(*Facts(reason), selection_)));
  }
  for (const auto reason : {Reason::kNoAddress, Reason::kContainerStopped}) {
    EXPECT_FALSE(DefinitionDenies(core::Derive(*Facts(reason), selection_), before));
  }
}

}  // namespace
}  // namespace ecsd::discovery
