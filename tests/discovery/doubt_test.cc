#include "discovery/doubt.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "support/clock.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;

const support::SteadyTime kStart{100h};

TEST(DoubtTest, TheFirstReadingIsNeverBelieved) {
  const auto doubt = AfterReading(nullptr, DoubtKind::kStale, 7, kStart);
  ASSERT_TRUE(doubt);
  EXPECT_EQ(*doubt, (Doubt{.kind = DoubtKind::kStale, .since = kStart, .version = 7}));
}

TEST(DoubtTest, ReadingsThatAgreeForTwoMinutesAreBelieved) {
  for (const auto kind : {DoubtKind::kMissing, DoubtKind::kStale, DoubtKind::kLess}) {
    auto doubt = AfterReading(nullptr, kind, kNoVersion, kStart);
    doubt = AfterReading(doubt, kind, kNoVersion, kStart + 2min - 1ns);
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->since, kStart);
    EXPECT_FALSE(AfterReading(doubt, kind, kNoVersion, kStart + 2min));
  }
}

TEST(DoubtTest, AReadingOfAnotherKindBeginsAnew) {
  auto doubt = AfterReading(nullptr, DoubtKind::kMissing, kNoVersion, kStart);
  doubt = AfterReading(doubt, DoubtKind::kLess, kNoVersion, kStart + 3min);
  ASSERT_TRUE(doubt);
  EXPECT_EQ(doubt->since, kStart + 3min);
}

TEST(DoubtTest, ALowerVersionThanThatOfTheReadingsBeforeDoesNotAgree) {
  auto doubt = AfterReading(nullptr, DoubtKind::kStale, 7, kStart);
  doubt = AfterReading(doubt, DoubtKind::kStale, 9, kStart + 1min);
  EXPECT_EQ(doubt->version, 9);
  EXPECT_EQ(AfterReading(doubt, DoubtKind::kStale, 8, kStart + 3min), doubt);
  EXPECT_FALSE(AfterReading(doubt, DoubtKind::kStale, 9, kStart + 3min));
}

}  // namespace
}  // namespace ecsd::discovery
