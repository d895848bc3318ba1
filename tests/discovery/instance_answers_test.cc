#include "discovery/instance_answers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"

namespace ecsd::discovery {
namespace {

using Keys = std::vector<std::string>;
using ContainerInstances = std::vector<core::ContainerInstance>;
using Instances = std::vector<core::Instance>;

core::Instance At(const std::string& id, const std::string& address) {
  return {.id = id, .addresses = {address, ""}};
}

TEST(SortContainerInstancesTest, SortsWhatIsDescribedAndMissing) {
  const ContainerInstances items = {{.arn = "a", .instance_id = "i-1"},
                                    {.arn = "b", .instance_id = "mi-0123456789abcdef0"}};
  const auto sorted = SortContainerInstances(
      {"a", "b", "c"}, {.items = items, .failures = {{.arn = "c", .reason = "MISSING"}}});
  EXPECT_EQ(sorted.items, items);
  EXPECT_EQ(sorted.missing, Keys{"c"});
  EXPECT_EQ(sorted.unanswered, Keys{});
}

TEST(SortContainerInstancesTest, TakesWhatIsNotMentionedForUnread) {
  const auto sorted = SortContainerInstances(
      {"a", "b"}, {.items = {}, .failures = {{.arn = "b", .reason = "DRAINING"}}});
  EXPECT_EQ(sorted.missing, Keys{});
  EXPECT_EQ(sorted.unanswered, (Keys{"a", "b"}));
}

TEST(IsInstanceIdTest, KnowsTheFormsOfEc2AndEcsAnywhere) {
  EXPECT_TRUE(IsInstanceId("i-0a"));
  EXPECT_TRUE(IsInstanceId("mi-0123456789abcdef0"));
  for (const auto* id : {"", "i-", "x-1", "i-0g", "i-0123456789abcdef01", "i-0A", "localhost",
                         "arn:aws:ec2:::instance/i-1", "i-1 "}) {
    EXPECT_FALSE(IsInstanceId(id)) << id;
  }
}

TEST(SortContainerInstancesTest, TakesAContradictionForUnread) {
  const ContainerInstances twice = {{.arn = "a", .instance_id = "i-1"},
                                    {.arn = "a", .instance_id = "i-2"}};
  EXPECT_EQ(SortContainerInstances({"a"}, {.items = twice}).unanswered, Keys{"a"});
  const auto both = SortContainerInstances(
      {"a"}, {.items = {twice[0]}, .failures = {{.arn = "a", .reason = "MISSING"}}});
  EXPECT_EQ(both.items, ContainerInstances{});
  EXPECT_EQ(both.unanswered, Keys{"a"});
  EXPECT_EQ(SortContainerInstances({"a"}, {.items = {twice[0], twice[0]}}).items,
            ContainerInstances{twice[0]})
      << "the same twice is no contradiction";
}

TEST(SortContainerInstancesTest, BelievesNoAbsenceInAResponseToAnotherRequest) {
  const auto sorted = SortContainerInstances(
      {"a", "b"},
      {.items = {{.arn = "other", .instance_id = "i-3"}, {.arn = "a", .instance_id = "i-1"}},
       .failures = {{.arn = "b", .reason = "MISSING"}}});
  EXPECT_EQ(sorted.items.size(), 1U);
  EXPECT_EQ(sorted.missing, Keys{});
  EXPECT_EQ(sorted.unanswered, Keys{"b"});
  EXPECT_EQ(SortContainerInstances({"a"}, {.items = {},
                                           .failures = {{.arn = "a", .reason = "MISSING"},
                                                        {.arn = "x", .reason = "MISSING"}}})
                .unanswered,
            Keys{"a"});
}

TEST(SortInstancesTest, TakesWhatIsNotMentionedForAbsent) {
  const auto sorted = SortInstances({"i-1", "i-2"}, {At("i-1", "10.0.0.1")});
  EXPECT_EQ(sorted.items, Instances{At("i-1", "10.0.0.1")});
  EXPECT_EQ(sorted.missing, Keys{"i-2"});
  EXPECT_EQ(sorted.unanswered, Keys{});
}

TEST(SortInstancesTest, TakesAContradictionForUnread) {
  EXPECT_EQ(SortInstances({"i-1"}, {At("i-1", "10.0.0.1"), At("i-1", "10.0.0.2")}).unanswered,
            Keys{"i-1"});
  auto malformed = At("i-1", "");
  malformed.malformed = true;
  EXPECT_EQ(SortInstances({"i-1"}, {malformed}).unanswered, Keys{"i-1"});
}

TEST(SortInstancesTest, BelievesNoAbsenceBesideAnInstanceThatWasNotAskedFor) {
  for (const auto* id : {"i-9", ""}) {
    const auto sorted = SortInstances({"i-1", "i-2"}, {At(id, "10.0.0.9"), At("i-1", "10.0.0.1")});
    EXPECT_EQ(sorted.items, Instances{At("i-1", "10.0.0.1")}) << id;
    EXPECT_EQ(sorted.missing, Keys{}) << id;
    EXPECT_EQ(sorted.unanswered, Keys{"i-2"}) << id;
  }
}

}  // namespace
}  // namespace ecsd::discovery
