#include "support/descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <utility>

namespace ecsd::support {
namespace {

Descriptor OpenSomething() {
  return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool IsOpen(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(DescriptorTest, ClosesWhatItHolds) {
  int fd = -1;
  {
    const auto descriptor = OpenSomething();
    fd = descriptor.get();
    ASSERT_TRUE(descriptor);
    EXPECT_TRUE(IsOpen(fd));
  }
  EXPECT_FALSE(IsOpen(fd));
}

TEST(DescriptorTest, NoneIsFalse) {
  EXPECT_FALSE(Descriptor());
  EXPECT_FALSE(Descriptor(-1));
}

TEST(DescriptorTest, AMoveLeavesNothingBehind) {
  auto from = OpenSomething();
  const int fd = from.get();
  const Descriptor to(std::move(from));
  EXPECT_FALSE(from);  // NOLINT(bugprone-use-after-move): a moved-from one is none
  EXPECT_EQ(to.get(), fd);
  EXPECT_TRUE(IsOpen(fd));
}

TEST(DescriptorTest, GettingNoneClosesTheOldOne) {
  auto descriptor = OpenSomething();
  const int fd = descriptor.get();
  descriptor = Descriptor();
  EXPECT_FALSE(IsOpen(fd));
}

}  // namespace
}  // namespace ecsd::support
