#include "discovery/sorted_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aws/ecs_codec.h"

namespace ecsd::discovery {
namespace {

using aws::Cluster;
using testing::ElementsAre;
using testing::IsEmpty;

Cluster Item(const std::string& arn, const std::string& status = "ACTIVE") {
  return {.arn = arn, .name = "", .status = status};
}

aws::Failure Missing(const std::string& arn) {
  return {.arn = arn, .reason = "MISSING", .detail = ""};
}

SortedAnswer<Cluster> Sort(const std::vector<Cluster>& items,
                           const std::vector<aws::Failure>& failures = {}) {
  return SortAnswer<Cluster>({"a", "b", "c"}, {.items = items, .failures = failures});
}

TEST(SortAnswerTest, SortsWhatWasAskedFor) {
  const auto sorted = Sort({Item("c"), Item("a")}, {Missing("b")});
  EXPECT_THAT(sorted.items, ElementsAre(Item("c"), Item("a")));
  EXPECT_THAT(sorted.missing, ElementsAre("b"));
  EXPECT_THAT(sorted.unanswered, IsEmpty());
  EXPECT_EQ(sorted.foreign, "");
}

TEST(SortAnswerTest, WhatIsNeitherDescribedNorMissingIsUnanswered) {
  const auto sorted = Sort({Item("b")}, {{.arn = "a", .reason = "INACTIVE", .detail = ""}});
  EXPECT_THAT(sorted.unanswered, ElementsAre("a", "c"));
}

TEST(SortAnswerTest, EqualTwinsAreOneAndOthersAContradiction) {
  const auto sorted = Sort({Item("a"), Item("a"), Item("b"), Item("b", "INACTIVE"), Item("b")},
                           {Missing("c"), Missing("c")});
  EXPECT_THAT(sorted.items, ElementsAre(Item("a")));
  EXPECT_THAT(sorted.missing, ElementsAre("c"));
  EXPECT_THAT(sorted.unanswered, ElementsAre("b"));
}

TEST(SortAnswerTest, DescribedAndMissingIsAContradiction) {
  const auto sorted = Sort({Item("a"), Item("b")}, {Missing("a"), Missing("c")});
  EXPECT_THAT(sorted.items, ElementsAre(Item("b")));
  EXPECT_THAT(sorted.missing, ElementsAre("c"));
  EXPECT_THAT(sorted.unanswered, ElementsAre("a"));
}

TEST(SortAnswerTest, NamesWhatWasNotAskedFor) {
  const auto sorted = Sort({Item("x"), Item("a"), Item("y")}, {Missing("z")});
  EXPECT_EQ(sorted.foreign, "x");
  EXPECT_THAT(sorted.items, ElementsAre(Item("a")));
  EXPECT_THAT(sorted.missing, IsEmpty());
}

TEST(SortAnswerTest, NamesWhatIsMissingThoughItWasNotAskedFor) {
  EXPECT_EQ(Sort({Item("a")}, {Missing("z")}).foreign, "z");
  EXPECT_EQ(Sort({Item("")}).foreign, "\"\"") << "no key is one too";
}

}  // namespace
}  // namespace ecsd::discovery
