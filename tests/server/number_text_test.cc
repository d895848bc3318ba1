#include "server/number_text.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace ecsd::server {
namespace {

TEST(WithSeparatorsTest, GroupsThousands) {
  EXPECT_EQ(WithSeparators(0), "0");
  EXPECT_EQ(WithSeparators(999), "999");
  EXPECT_EQ(WithSeparators(1000), "1,000");
  EXPECT_EQ(WithSeparators(100000), "100,000");
  EXPECT_EQ(WithSeparators(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(CountedTest, HasTheRightNumber) {
  EXPECT_EQ(Counted(0, "target"), "0 targets");
  EXPECT_EQ(Counted(1, "target"), "1 target");
  EXPECT_EQ(Counted(9110, "target"), "9,110 targets");
}

}  // namespace
}  // namespace ecsd::server
