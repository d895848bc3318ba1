#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "aws/ecs_codec.h"

namespace ecsd::aws {
namespace {

TEST(EcsEncodeTest, WritesAnEmptyObjectForTheFirstPageOfClusters) {
  EXPECT_EQ(EncodeListClusters(std::nullopt), "{}");
}

TEST(EcsEncodeTest, WritesTheTokenOfTheNextPage) {
  EXPECT_EQ(EncodeListClusters("abc=="), R"({"nextToken":"abc=="})");
  EXPECT_EQ(EncodeListTasks("prod", "abc=="), R"({"cluster":"prod","nextToken":"abc=="})");
}

TEST(EcsEncodeTest, WritesTheSizeOfAPage) {
  EXPECT_EQ(EncodeListClusters(std::nullopt, 1), R"({"maxResults":1})");
  EXPECT_EQ(EncodeListTasks("prod", "a", 10),
            R"({"cluster":"prod","nextToken":"a","maxResults":10})");
}

TEST(EcsEncodeTest, WritesTheFirstPageOfTasks) {
  EXPECT_EQ(EncodeListTasks("arn:aws:ecs:eu-west-1:111122223333:cluster/prod", std::nullopt),
            R"({"cluster":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod"})");
}

TEST(EcsEncodeTest, WritesListsOfNames) {
  const std::vector<std::string> two{"a", "b"};
  EXPECT_EQ(EncodeDescribeClusters(two), R"({"clusters":["a","b"]})");
  EXPECT_EQ(EncodeDescribeTasks("prod", two), R"({"cluster":"prod","tasks":["a","b"]})");
  EXPECT_EQ(EncodeDescribeContainerInstances("prod", two),
            R"({"cluster":"prod","containerInstances":["a","b"]})");
}

TEST(EcsEncodeTest, WritesAWholeBatch) {
  std::vector<std::string> arns;
  std::string list;
  for (std::size_t i = 0; i < kEcsBatch; ++i) {
    arns.push_back(fmt::format("t{}", i));
    list += fmt::format("{}\"t{}\"", i == 0 ? "" : ",", i);
  }
  EXPECT_EQ(arns.size(), 100U);
  EXPECT_EQ(EncodeDescribeTasks("c", arns), R"({"cluster":"c","tasks":[)" + list + "]}");
}

TEST(EcsEncodeTest, WritesADefinition) {
  EXPECT_EQ(EncodeDescribeTaskDefinition("web:7"), R"({"taskDefinition":"web:7"})");
}

TEST(EcsEncodeTest, EscapesWhatJsonDoesNotTakeAsItIs) {
  const std::string odd("\" \\ / \n \t \x1f \x7f \0 \xC3\xA4", 18);
  EXPECT_EQ(EncodeDescribeTaskDefinition(odd),
            "{\"taskDefinition\":\"\\\" \\\\ / \\n \\t \\u001f \\u007f \\u0000 \xC3\xA4\"}");
  EXPECT_EQ(EncodeListTasks("a\",\"b", std::nullopt), R"({"cluster":"a\",\"b"})");
}

}  // namespace
}  // namespace ecsd::aws
