#include "discovery/guard.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace ecsd::discovery {
namespace {

Loss ALoss(std::size_t lost, bool complete = true) {
  return {.lost = lost, .before = 100, .complete = complete};
}

TEST(GuardTest, HoldsAMassLossBackUntilTwoMoreRefreshesAgree) {
  Guard guard(50);
  EXPECT_EQ(guard.Judge(ALoss(51)), Judgement::kHeld);
  EXPECT_EQ(guard.Judge(ALoss(51)), Judgement::kStillHeld);
  EXPECT_EQ(guard.Judge(ALoss(51)), Judgement::kAccepted);
  EXPECT_EQ(guard.Judge(ALoss(0)), Judgement::kNothing);
}

TEST(GuardTest, HalfOfTheTargetsIsNoMassLoss) {
  EXPECT_EQ(Guard(50).Judge(ALoss(50)), Judgement::kSmall);
}

TEST(GuardTest, NineTargetsAreNoMassLoss) {
  EXPECT_EQ(Guard(50).Judge({.lost = 9, .before = 9, .complete = true}), Judgement::kSmall);
  EXPECT_EQ(Guard(50).Judge({.lost = 10, .before = 10, .complete = true}), Judgement::kHeld);
}

TEST(GuardTest, APartialRefreshAgreesToNothing) {
  Guard guard(50);
  EXPECT_EQ(guard.Judge(ALoss(5, false)), Judgement::kStillHeld);
  EXPECT_EQ(guard.Judge(ALoss(51, false)), Judgement::kStillHeld);
  EXPECT_EQ(guard.Judge(ALoss(51)), Judgement::kHeld);
  EXPECT_EQ(guard.Judge(ALoss(51, false)), Judgement::kStillHeld);
  EXPECT_EQ(guard.Judge(ALoss(51)), Judgement::kStillHeld);
  EXPECT_EQ(guard.Judge(ALoss(51)), Judgement::kAccepted);
}

TEST(GuardTest, NewTargetsMakeAHeldLossNoSmaller) {
  Guard guard(50);
  EXPECT_EQ(guard.Judge({.lost = 51, .before = 100, .complete = false}), Judgement::kStillHeld);
  EXPECT_EQ(guard.Judge({.lost = 51, .before = 500, .complete = true}), Judgement::kHeld);
}

TEST(GuardTest, ALossThatWentAwayStartsAnew) {
  Guard guard(50);
  EXPECT_EQ(guard.Judge(ALoss(51)), Judgement::kHeld);
  EXPECT_EQ(guard.Judge(ALoss(0)), Judgement::kNothing);
  EXPECT_FALSE(guard.holds());
  EXPECT_EQ(guard.Judge(ALoss(51)), Judgement::kHeld);
  EXPECT_TRUE(guard.holds());
}

TEST(GuardTest, GoesOnWithTheCountOfAnEarlierProcess) {
  Guard first(50);
  EXPECT_EQ(first.Judge(ALoss(51)), Judgement::kHeld);
  Guard second(50);
  second.Resume(first.before(), first.refreshes());
  EXPECT_EQ(second.Judge(ALoss(51)), Judgement::kStillHeld);
  Guard third(50);
  third.Resume(second.before(), second.refreshes());
  EXPECT_EQ(third.Judge(ALoss(51)), Judgement::kAccepted);
}

TEST(GuardTest, AHundredPercentHoldsNothingBack) {
  EXPECT_EQ(Guard(100).Judge(ALoss(100)), Judgement::kSmall);
}

TEST(GuardTest, NoPercentHoldsBackEveryLossOfTen) {
  EXPECT_EQ(Guard(0).Judge(ALoss(10)), Judgement::kHeld);
}

// One loss after the other: what each refresh saw, and what became of it.

struct Step {
  Loss loss;
  Judgement expected;
};

struct SequenceCase {
  std::string name;
  std::vector<Step> steps;
};

void PrintTo(const SequenceCase& sequence, std::ostream* out) {
  *out << sequence.name;
}

class GuardSequenceTest : public testing::TestWithParam<SequenceCase> {};

TEST_P(GuardSequenceTest, JudgesEveryLossByThoseBefore) {
  Guard guard(50);
  int step = 0;
  for (const auto& [loss, expected] : GetParam().steps) {
    EXPECT_EQ(guard.Judge(loss), expected) << "step " << ++step;
  }
}

std::vector<SequenceCase> Sequences() {
  const auto mass = ALoss(51);
  const auto partial = ALoss(51, false);
  const auto few = ALoss(5);
  const auto none = ALoss(0);
  const auto partial_none = ALoss(0, false);
  return {
      {"Agreed",
       {{mass, Judgement::kHeld}, {mass, Judgement::kStillHeld}, {mass, Judgement::kAccepted}}},
      // No loss is believed on the word of one refresh.
      {"AnotherAfterOneWasAccepted",
       {{mass, Judgement::kHeld},
        {mass, Judgement::kStillHeld},
        {mass, Judgement::kAccepted},
        {mass, Judgement::kHeld}}},
      {"AnotherAfterItBecameSmall",
       {{mass, Judgement::kHeld},
        {mass, Judgement::kStillHeld},
        {few, Judgement::kSmall},
        {mass, Judgement::kHeld}}},
      {"AnotherAfterItWentAway",
       {{mass, Judgement::kHeld},
        {mass, Judgement::kStillHeld},
        {none, Judgement::kNothing},
        {mass, Judgement::kHeld}}},
      {"AnIncompleteRefreshWithoutItDoesNotEndIt",
       {{mass, Judgement::kHeld},
        {mass, Judgement::kStillHeld},
        {partial_none, Judgement::kNothing},
        {mass, Judgement::kAccepted}}},
      {"IncompleteRefreshesDoNotCount",
       {{partial, Judgement::kStillHeld},
        {mass, Judgement::kHeld},
        {partial, Judgement::kStillHeld},
        {partial, Judgement::kStillHeld},
        {mass, Judgement::kStillHeld},
        {mass, Judgement::kAccepted}}},
      // A small one forgets how many targets there were.
      {"TheShareIsThatOfTheNewLoss",
       {{few, Judgement::kSmall},
        {{.lost = 51, .before = 500, .complete = true}, Judgement::kSmall}}},
      {"TheShareIsThatOfTheNewLossAfterOneWasAccepted",
       {{mass, Judgement::kHeld},
        {mass, Judgement::kStillHeld},
        {mass, Judgement::kAccepted},
        {{.lost = 51, .before = 500, .complete = true}, Judgement::kSmall}}},
  };
}

INSTANTIATE_TEST_SUITE_P(Sequences, GuardSequenceTest, testing::ValuesIn(Sequences()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace ecsd::discovery
