#include "state/scope.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/selection.h"

namespace ecsd::state {
namespace {

TEST(ScopeTest, IsAnotherForEveryFlagThatDecidesOnTargets) {
  std::vector<core::Selection> selections(9);
  selections[1].port_label = "X";
  selections[2].path_label = "X";
  selections[3].scheme_label = "X";
  selections[4].server_name_label = "X";
  selections[5].job_name_label = "X";
  selections[6].filter = {.name = "X", .value = {}};
  selections[7].filter = {.name = "X", .value = ""};
  selections[8].dynamic_port_detection = true;
  std::set<std::string> scopes = {ScopeOf({}, "prod")};
  for (const auto& selection : selections) scopes.insert(ScopeOf(selection, ""));
  EXPECT_EQ(scopes.size(), 10U);
}

TEST(ScopeTest, IsTheSameForTheSameFlags) {
  EXPECT_EQ(ScopeOf({}, "prod"), ScopeOf({}, "prod"));
}

}  // namespace
}  // namespace ecsd::state
