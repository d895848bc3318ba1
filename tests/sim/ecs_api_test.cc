#include "sim/ecs_api.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/json.h"
#include "sim/paging.h"

namespace ecsd::sim {
namespace {

class EcsApiTest : public testing::Test {
 protected:
  EcsApiTest() {
    Cluster& cluster = account.AddCluster({{"clusterArn", "arn:c/prod"}, {"clusterName", "prod"}});
    for (int i = 0; i < 5; ++i) {
      Account::AddTask(cluster, {{"taskArn", "arn:task/prod/" + std::to_string(i)},
                                 {"desiredStatus", "RUNNING"},
                                 {"unknownMember", {1, 2.5, nullptr}},
                                 {"tags", Json::array({{{"key", "k"}, {"value", "v"}}})}});
    }
    account.AddTaskDefinition({{"taskDefinitionArn", "arn:task-definition/web:1"},
                               {"revision", 1},
                               {"status", "ACTIVE"}});
    account.AddTaskDefinition({{"taskDefinitionArn", "arn:task-definition/web:2"},
                               {"revision", 2},
                               {"status", "ACTIVE"},
                               {"tags", Json::array({"t"})}});
    account.AddTaskDefinition({{"taskDefinitionArn", "arn:task-definition/web:3"},
                               {"revision", 3},
                               {"status", "INACTIVE"}});
  }

  // The body, or the error's code.
  std::string Call(std::string_view operation, std::string_view body,
                   std::optional<FaultKind> twist = std::nullopt) {
    const ApiResult result = CallEcs(operation, body, account, rules, twist);
    return result ? *result : result.error().code;
  }

  std::string Message(std::string_view operation, std::string_view body) {
    const ApiResult result = CallEcs(operation, body, account, rules, std::nullopt);
    return result ? "" : result.error().message;
  }

  Account account{"us-east-1", "123456789012"};
  PagingRules rules;
};

// Null when `text` is no JSON, which then fails whatever is expected of it.
Json Parsed(std::string_view text) {
  return ParseJson(text).value_or(Json());
}

std::string Items(std::string_view member, std::size_t count) {
  Json items = Json::array();
  for (std::size_t i = 0; i < count; ++i) items.push_back(std::to_string(i));
  return Dump({{"cluster", "prod"}, {member, items}});
}

TEST_F(EcsApiTest, ListsAllTasksOnOnePageWithoutToken) {
  EXPECT_EQ(Call("ListTasks", R"({"cluster":"prod","somethingNew":1,"family":null})"),
            R"({"taskArns":["arn:task/prod/0","arn:task/prod/1","arn:task/prod/2",)"
            R"("arn:task/prod/3","arn:task/prod/4"]})");
}

TEST_F(EcsApiTest, GoesOnWhereTheTokenSays) {
  const Json first = Parsed(Call("ListTasks", R"({"cluster":"arn:c/prod","maxResults":3})"));
  const std::string token = TextOf(first, "nextToken");
  EXPECT_EQ(first.at("taskArns").size(), 3U);
  EXPECT_EQ(Call("ListTasks", R"({"cluster":"arn:c/prod","nextToken":")" + token + R"("})"),
            R"({"taskArns":["arn:task/prod/3","arn:task/prod/4"]})");
}

TEST_F(EcsApiTest, EndsAListingOfAWholeNumberOfPagesWithoutAnEmptyOne) {
  const std::string body = Call("ListTasks", R"({"cluster":"prod","maxResults":5})");
  EXPECT_EQ(body.find("nextToken"), std::string::npos);
}

TEST_F(EcsApiTest, LeavesAStoppedTaskOutOfAListingThatIsUnderWay) {
  const Json first = Parsed(Call("ListTasks", R"({"cluster":"prod","maxResults":3})"));
  EXPECT_TRUE(account.StopTask("arn:task/prod/3"));
  EXPECT_FALSE(account.StopTask("arn:task/prod/3"));
  EXPECT_EQ(
      Call("ListTasks", Dump({{"cluster", "prod"}, {"nextToken", TextOf(first, "nextToken")}})),
      R"({"taskArns":["arn:task/prod/4"]})");
}

TEST_F(EcsApiTest, AlternatesEmptyPagesWhenAsked) {
  rules = {.longest_page = 4, .empty_pages = true};
  std::vector<std::size_t> sizes;
  std::string token;
  do {
    Json input = {{"cluster", "prod"}};
    if (!token.empty()) input["nextToken"] = token;
    const Json page = Parsed(Call("ListTasks", Dump(input)));
    sizes.push_back(page.at("taskArns").size());
    token = TextOf(page, "nextToken");
  } while (!token.empty());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 4, 0, 1}));
}

TEST_F(EcsApiTest, KeepsUnknownMembersAndHidesTagsUnlessAskedFor) {
  EXPECT_EQ(Call("DescribeTasks", R"({"cluster":"prod","tasks":["0"]})"),
            R"({"tasks":[{"taskArn":"arn:task/prod/0","desiredStatus":"RUNNING",)"
            R"("unknownMember":[1,2.5,null],"tags":[]}],"failures":[]})");
  EXPECT_EQ(Call("DescribeTasks", R"({"cluster":"prod","tasks":["0"],"include":["TAGS"]})"),
            R"({"tasks":[{"taskArn":"arn:task/prod/0","desiredStatus":"RUNNING",)"
            R"("unknownMember":[1,2.5,null],"tags":[{"key":"k","value":"v"}]}],"failures":[]})");
}

TEST_F(EcsApiTest, ReportsAnArnOfAnotherClusterAsMissing) {
  EXPECT_EQ(Call("DescribeTasks", R"({"cluster":"prod","tasks":["arn:task/other/0"]})"),
            R"({"tasks":[],"failures":[{"arn":"arn:task/other/0","reason":"MISSING"}]})");
}

TEST_F(EcsApiTest, TakesAHundredItemsAndNoMore) {
  EXPECT_EQ(Message("DescribeTasks", Items("tasks", 100)), "");
  EXPECT_EQ(Message("DescribeTasks", Items("tasks", 101)), "taskIds can have at most 100 items.");
  EXPECT_EQ(Message("DescribeContainerInstances", Items("containerInstances", 101)),
            "instanceIds can have at most 100 items.");
  EXPECT_EQ(Call("DescribeTasks", Items("tasks", 0)), "InvalidParameterException");
}

TEST_F(EcsApiTest, DescribesADefinitionByAnyOfItsNames) {
  for (const std::string name : {"arn:task-definition/web:2", "web:2", "web"}) {
    EXPECT_EQ(Call("DescribeTaskDefinition",
                   Dump({{"taskDefinition", name}, {"include", Json::array({"TAGS"})}})),
              R"({"taskDefinition":{"taskDefinitionArn":"arn:task-definition/web:2",)"
              R"("revision":2,"status":"ACTIVE"},"tags":["t"]})")
        << name;
  }
  EXPECT_EQ(Message("DescribeTaskDefinition", R"({"taskDefinition":"web:4"})"),
            "Unable to describe task definition.");
}

TEST_F(EcsApiTest, MeansTheDefaultClusterWhenNoneIsNamed) {
  EXPECT_EQ(Message("ListTasks", "{}"), "Cluster not found.");
  EXPECT_EQ(Call("DescribeClusters", "{}"),
            R"({"clusters":[],"failures":[{"arn":)"
            R"("arn:aws:ecs:us-east-1:123456789012:cluster/default","reason":"MISSING"}]})");
}

TEST_F(EcsApiTest, RefusesWhatIsNoObjectAndMembersOfTheWrongType) {
  for (const std::string body :
       {"", "[]", "{", R"({"cluster":5})", R"({"cluster":"prod","maxResults":"5"})"}) {
    EXPECT_EQ(Call("ListTasks", body), "SerializationException") << body;
  }
  EXPECT_EQ(Message("DescribeTasks", R"({"cluster":"prod","tasks":[7]})"),
            "NUMBER_VALUE can not be converted to a String");
}

TEST_F(EcsApiTest, BendsAnAnswerAsTheFaultSays) {
  const std::string one = R"({"cluster":"prod","tasks":["1"]})";
  EXPECT_EQ(Call("DescribeTasks", one, FaultKind::kMissing),
            R"({"tasks":[],"failures":[{"arn":"1","reason":"MISSING"}]})");
  EXPECT_EQ(Parsed(Call("DescribeTasks", one, FaultKind::kDuplicateItem)).at("tasks").size(), 2U);
  EXPECT_EQ(Call("ListTasks", R"({"cluster":"prod"})", FaultKind::kEmptyList),
            R"({"taskArns":[]})");
}

TEST_F(EcsApiTest, BendsADescriptionThatDoesNotPageToo) {
  const std::string gone = R"({"cluster":"prod","tasks":["gone"]})";
  EXPECT_EQ(Call("DescribeTasks", gone, FaultKind::kEmptyList), R"({"tasks":[],"failures":[]})");
  EXPECT_EQ(Call("DescribeTasks", gone, FaultKind::kEmptyPage),
            R"({"tasks":[],"failures":[],"nextToken":"again"})");
  const std::string prod = R"({"clusters":["prod"]})";
  EXPECT_EQ(Parsed(Call("DescribeClusters", prod, FaultKind::kDuplicateItem)).at("clusters").size(),
            2U);
  EXPECT_EQ(Parsed(Call("DescribeClusters", prod, FaultKind::kMissing)).at("failures").size(), 1U);
  EXPECT_EQ(Parsed(Call("DescribeClusters", prod, FaultKind::kRepeatedToken)).at("nextToken"),
            "again");
}

TEST_F(EcsApiTest, BendsTheDescriptionOfADefinition) {
  const std::string web = R"({"taskDefinition":"web:1"})";
  const std::string right = Call("DescribeTaskDefinition", web);
  EXPECT_EQ(Call("DescribeTaskDefinition", web, FaultKind::kMissing), "ClientException");
  EXPECT_EQ(Call("DescribeTaskDefinition", web, FaultKind::kEmptyList), R"({"tags":[]})");
  EXPECT_EQ(Parsed(Call("DescribeTaskDefinition", web, FaultKind::kDuplicateItem)), Parsed(right));
  EXPECT_GT(Call("DescribeTaskDefinition", web, FaultKind::kDuplicateItem).size(), right.size());
}

TEST_F(EcsApiTest, LeavesTheFirstItemOutOfAListing) {
  EXPECT_EQ(Parsed(Call("ListTasks", R"({"cluster":"prod"})", FaultKind::kMissing)).at("taskArns"),
            Json({"arn:task/prod/1", "arn:task/prod/2", "arn:task/prod/3", "arn:task/prod/4"}));
  EXPECT_EQ(Call("ListClusters", "{}", FaultKind::kMissing), R"({"clusterArns":[]})");
}

TEST_F(EcsApiTest, DoesNotKnowARemovedClusterUntilItIsAddedAgain) {
  ASSERT_TRUE(account.RemoveCluster("prod"));
  EXPECT_FALSE(account.RemoveCluster("prod"));
  EXPECT_EQ(Call("ListClusters", "{}"), R"({"clusterArns":[]})");
  EXPECT_EQ(Call("ListTasks", R"({"cluster":"prod"})"), "ClusterNotFoundException");
  account.AddCluster({{"clusterArn", "arn:c/prod"}, {"clusterName", "prod"}});
  EXPECT_EQ(Parsed(Call("ListTasks", R"({"cluster":"prod"})")).at("taskArns").size(), 5U);
}

TEST_F(EcsApiTest, ReplacesATaskThatIsAddedAgain) {
  Cluster& cluster = *account.clusters().front();
  ASSERT_TRUE(account.StopTask("arn:task/prod/1"));
  Account::AddTask(cluster, {{"taskArn", "arn:task/prod/1"}, {"desiredStatus", "STOPPED"}});
  EXPECT_EQ(Parsed(Call("DescribeTasks", R"({"cluster":"prod","tasks":["1"]})")).at("tasks"),
            Json::array({{{"taskArn", "arn:task/prod/1"}, {"desiredStatus", "STOPPED"}}}));
  EXPECT_EQ(account.task_count(), 5U);
}

}  // namespace
}  // namespace ecsd::sim
