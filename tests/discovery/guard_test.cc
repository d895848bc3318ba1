#include "discovery/guard.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace ecsd::discovery
