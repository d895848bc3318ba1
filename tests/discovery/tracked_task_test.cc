#include "discovery/tracked_task.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

class TrackedTaskTest : public testing::TestWithParam<int> {
 protected:
  // Of the tasks 0, 1, 2 ... every third one is known.
  static bool IsKnown(int number) { return number % 3 == 0; }

  TrackedTaskTest() {
    for (int number = 0; number < GetParam(); ++number) {
      if (IsKnown(number)) {
        tasks_.push_back(Tracked(ATarget(number, texts_, After(0)), texts_));
      }
    }
    std::ranges::sort(tasks_, {}, &TrackedTask::arn);
  }

  // The ARN at `position`; nothing for the position that says that there is no such task.
  std::optional<std::string> ArnAt(std::size_t position) const {
    if (position == tasks_.size()) return std::nullopt;
    return std::string(tasks_.at(position).arn());
  }

  template <typename Find>
  void ExpectFindsWhatIsKnown(const Find& find) const {
    for (int number = 0; number < GetParam() + 3; ++number) {
      const bool known = number < GetParam() && IsKnown(number);
      const auto expected = known ? std::optional(TaskArn(number)) : std::nullopt;
      EXPECT_EQ(ArnAt(find(TaskArn(number))), expected);
    }
    EXPECT_EQ(find(""), tasks_.size());
  }

  core::SharedTexts texts_;
  std::vector<TrackedTask> tasks_;
};

TEST_P(TrackedTaskTest, TheSearchFindsEveryKnownTaskAndNoOther) {
  ExpectFindsWhatIsKnown([&](const std::string& arn) { return FindTask(tasks_, arn); });
}

TEST_P(TrackedTaskTest, TheIndexFindsEveryKnownTaskAndNoOther) {
  const TaskIndex index(tasks_);
  ExpectFindsWhatIsKnown([&](const std::string& arn) { return index.Find(arn); });
}

INSTANTIATE_TEST_SUITE_P(Counts, TrackedTaskTest, testing::Values(0, 1, 3, 4, 100, 3000));

}  // namespace
}  // namespace ecsd::discovery
