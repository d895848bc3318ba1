#include "telemetry/reminder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "telemetry/log.h"
#include "testing/fake_clock.h"

namespace ecsd::telemetry {
namespace {

using namespace std::chrono_literals;

class ReminderTest : public testing::Test {
 protected:
  // How many of `minutes` meetings, one a minute, are due.
  int DueIn(int minutes, const std::string& kind = "denied", const std::string& text = "no") {
    int due = 0;
    for (int i = 0; i < minutes; ++i) {
      if (reminder_.Met(kind, text)) ++due;
      clock_.Advance(1min);
    }
    return due;
  }

  test::FakeClock clock_;
  Reminder reminder_{clock_};
};

TEST_F(ReminderTest, IsDueAtTheBeginningAndEvery15Minutes) {
  EXPECT_EQ(DueIn(1), 1);
  EXPECT_EQ(DueIn(14), 0);
  EXPECT_EQ(DueIn(1), 1);
  EXPECT_EQ(DueIn(60), 4);
}

TEST_F(ReminderTest, SaysSinceWhenAndHowOften) {
  const auto began = clock_.Now();
  EXPECT_EQ(DueIn(15), 1);
  const auto again = reminder_.Met("denied", "no");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->since, began);
  EXPECT_EQ(again->times, 16U);
}

TEST_F(ReminderTest, IsDueWhenTheKindOrTheTextIsNew) {
  EXPECT_EQ(DueIn(3), 1);
  EXPECT_EQ(DueIn(3, "timeout"), 1);
  EXPECT_EQ(DueIn(3, "timeout", "other"), 1);
  EXPECT_EQ(DueIn(3), 0);  // as at the beginning
}

TEST_F(ReminderTest, TakesTextsThatDifferInWordsWithDigitsForTheSame) {
  EXPECT_TRUE(reminder_.Met("transport", "no connection to host1 after 7 ms"));
  EXPECT_FALSE(reminder_.Met("transport", "no connection to host1 after 1203 ms"));
  EXPECT_TRUE(reminder_.Met("transport", "no connection to host after 7 ms"));
  EXPECT_TRUE(reminder_.Met("io", "write .t.yml.tmp-16192-d9b458d4: no space"));
  EXPECT_FALSE(reminder_.Met("io", "write .t.yml.tmp-16192-4031e5f8: no space"));
}

// The message of a denied EC2 call has other characters in it each time.
TEST_F(ReminderTest, IsNotDueAtEachOfTextsThatAlwaysChange) {
  int due = 0;
  for (char c = 'A'; c <= 'Z'; ++c) due += reminder_.Met("denied", std::string(1, c)) ? 1 : 0;
  EXPECT_EQ(due, Reminder::kMostTexts);
  EXPECT_TRUE(reminder_.Met("expired", "no"));
  clock_.Advance(Reminder::kEvery);
  EXPECT_TRUE(reminder_.Met("denied", "Z"));
}

TEST_F(ReminderTest, BeginsAnewAfterTheEnd) {
  EXPECT_EQ(DueIn(3), 1);
  const auto ended = reminder_.Ended();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->times, 3U);
  EXPECT_FALSE(reminder_.Ended());
  const auto again = reminder_.Met("denied", "no");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->since, clock_.Now());
  EXPECT_EQ(again->times, 1U);
}

TEST_F(ReminderTest, IsNotMovedByAClockThatIsSet) {
  EXPECT_EQ(DueIn(10), 1);
  const auto right = clock_.Now() + std::chrono::hours(2);
  clock_.SetNow(right);
  EXPECT_EQ(DueIn(5), 0);
  const auto again = reminder_.Met("denied", "no");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->since, right - 10min);
}

TEST(EpisodeTest, AddsSinceAndTimesFromTheSecondTimeOn) {
  Episode episode{.since = support::SystemTime(std::chrono::days(20'000)), .times = 1};
  EXPECT_EQ(episode.With({{"error", "no"}}).size(), 1U);
  episode.times = 2;
  const auto fields = episode.With({{"error", "no"}});
  ASSERT_EQ(fields.size(), 3U);
  EXPECT_EQ(fields[1].key, "since");
  EXPECT_EQ(fields[1].value, Value("2024-10-04T00:00:00.000Z"));
  EXPECT_EQ(fields[2].key, "times");
  EXPECT_EQ(fields[2].value, Value(std::uint64_t{2}));
}

}  // namespace
}  // namespace ecsd::telemetry
