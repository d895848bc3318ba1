#include "state/scope.h"

#include <gtest/gtest.h>

namespace ecsd::state {
namespace {

TEST(ScopeTest, IsTheSelectionOfClusters) {
  EXPECT_EQ(ScopeOf("prod"), ScopeOf("prod"));
  EXPECT_NE(ScopeOf("prod"), ScopeOf(""));
  EXPECT_NE(ScopeOf("prod"), ScopeOf("test"));
}

}  // namespace
}  // namespace ecsd::state
