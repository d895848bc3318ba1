#include "support/secret.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ecsd::support {
namespace {

TEST(SecretTest, PrintsAsStarsAndIsReadOnlyByReveal) {
  const Secret secret("hunter2");
  std::ostringstream stream;
  stream << secret;
  EXPECT_EQ(stream.str(), "***");
  EXPECT_EQ(testing::PrintToString(secret), "***");
  EXPECT_EQ(secret.Reveal(), "hunter2");
}

}  // namespace
}  // namespace ecsd::support
