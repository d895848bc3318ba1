#include "core/label_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/random_account.h"

namespace ecsd::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LabelSetTest, KeepsTheOrderInWhichLabelsWereSet) {
  const LabelSet labels = {{"b", "1"}, {"a", "2"}};
  EXPECT_THAT(labels, ElementsAre(Label{"b", "1"}, Label{"a", "2"}));
  EXPECT_EQ(labels.Get("a"), "2");
  EXPECT_EQ(labels.Get("c"), "");
}

TEST(LabelSetTest, ALabelWithoutAValueIsNotThere) {
  LabelSet labels = {{"a", ""}, {"b", "1"}};
  EXPECT_THAT(labels, ElementsAre(Label{"b", "1"}));
  labels.Set("b", "");
  EXPECT_THAT(labels, IsEmpty());
  EXPECT_TRUE(labels.empty());
  EXPECT_EQ(labels, LabelSet());
}

TEST(LabelSetTest, SetsALabelInItsPlace) {
  LabelSet labels = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  labels.Set("b", "other");
  EXPECT_THAT(labels, ElementsAre(Label{"a", "1"}, Label{"b", "other"}, Label{"c", "3"}));
}

TEST(LabelSetTest, HoldsAnyBytesOfAnyLength) {
  LabelSet labels;
  std::vector<std::pair<std::string, std::string>> expected;
  for (const std::size_t length : {1U, 127U, 128U, 16'383U, 16'384U, 100'000U}) {
    expected.emplace_back(std::string(length, '\0'), std::string(length, '\xFF'));
    labels.Add(expected.back().first, expected.back().second);
  }
  std::size_t next = 0;
  for (const auto& [name, value] : labels) {
    ASSERT_LT(next, expected.size());
    EXPECT_EQ(name, expected[next].first);
    EXPECT_EQ(value, expected[next].second);
    ++next;
  }
  EXPECT_EQ(next, expected.size());
}

TEST(LabelSetTest, IsAsAListOfPairsThatIsSearched) {
  Dice dice(1);
  LabelSet labels;
  std::vector<std::pair<std::string, std::string>> model;
  for (int i = 0; i < 2000; ++i) {
    const auto name = std::to_string(dice.Below(9));
    const auto value = dice.Text({"", "x", "yy", "a longer value than fits into a short string"});
    labels.Set(name, value);
    const auto found = std::ranges::find(model, name, &std::pair<std::string, std::string>::first);
    if (found != model.end() && value.empty())
      model.erase(found);
    else if (found != model.end())
      found->second = value;
    else if (!value.empty())
      model.emplace_back(name, value);
    std::vector<std::pair<std::string, std::string>> now;
    for (const auto& label : labels) now.emplace_back(label.name, label.value);
    ASSERT_EQ(now, model);
  }
}

}  // namespace
}  // namespace ecsd::core
