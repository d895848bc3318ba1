#include "app/progress_line.h"

#include <gtest/gtest.h>

namespace ecsd::app {
namespace {

TEST(ProgressTextTest, SaysHowFarTheReadingIs) {
  EXPECT_EQ(ProgressText({}, 79), "reading: the list of clusters");
  EXPECT_EQ(ProgressText({.done = 3, .clusters = 12, .tasks = 4200}, 79),
            "reading: 3 of 12 clusters, 4,200 tasks");
  EXPECT_EQ(ProgressText({.done = 0, .clusters = 1, .tasks = 999}, 79),
            "reading: 0 of 1 cluster, 999 tasks");
}

TEST(ProgressTextTest, IsNoLongerThanTheTerminalIsWide) {
  EXPECT_EQ(ProgressText({.done = 3, .clusters = 12, .tasks = 4200}, 12), "reading: 3 o");
}

}  // namespace
}  // namespace ecsd::app
