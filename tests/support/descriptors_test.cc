#include "support/descriptors.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace ecsd::support {
namespace {

TEST(DescriptorsTest, AreAsManyAsTheSystemAllows) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  auto fewer = before;
  fewer.rlim_cur = 123;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &fewer), 0);
  EXPECT_EQ(MostDescriptors(), 123U);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(MostDescriptors(), before.rlim_cur);
}

}  // namespace
}  // namespace ecsd::support
