#include "sim/paging.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace ecsd::sim {
namespace {

TEST(PagingTest, ReadsItsOwnTokens) {
  for (const PagePosition position : {PagePosition{}, PagePosition{.index = 100'000},
                                      PagePosition{.index = 7, .after_empty_page = true}}) {
    EXPECT_EQ(ReadToken("ListTasks a", MakeToken("ListTasks a", position)), position);
  }
}

TEST(PagingTest, RefusesATokenOfAnotherListing) {
  const std::string token = MakeToken("ListTasks a", {.index = 100});
  EXPECT_EQ(ReadToken("ListTasks b", token), std::nullopt);
}

TEST(PagingTest, RefusesAChangedToken) {
  const std::string token = MakeToken("ListTasks a", {.index = 100});
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_EQ(ReadToken("ListTasks a", changed), std::nullopt) << i;
  }
  EXPECT_EQ(ReadToken("ListTasks a", ""), std::nullopt);
  EXPECT_EQ(ReadToken("ListTasks a", token + "0"), std::nullopt);
}

}  // namespace
}  // namespace ecsd::sim
