#include "aws/ecs_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "http/transport.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/fake_account.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::Ok;
using testing::ElementsAre;

class EcsClientTest : public testing::Test {
 protected:
  test::FakeAccount account;
  EcsClient ecs{account.client};
};

TEST_F(EcsClientTest, FollowsAListingToItsEndOverEmptyPages) {
  account.transport.Queue("ecs ListClusters", Ok(R"({"clusterArns":["a","b"],"nextToken":"1"})"))
      .Queue("ecs ListClusters", Ok(R"({"clusterArns":[],"nextToken":"2"})"))
      .Queue("ecs ListClusters", Ok(R"({"clusterArns":["c"],"nextToken":null})"));
  EXPECT_THAT(Must(ecs.ListClusters(account.In(1min))), ElementsAre("a", "b", "c"));
  EXPECT_THAT(account.transport.BodiesOf("ecs ListClusters"),
              ElementsAre("{}", R"({"nextToken":"1"})", R"({"nextToken":"2"})"));
}

TEST_F(EcsClientTest, ListsSomeFromTheFirstPageThatIsNotEmpty) {
  account.transport.Queue("ecs ListTasks", Ok(R"({"taskArns":[],"nextToken":"1"})"))
      .Queue("ecs ListTasks", Ok(R"({"taskArns":["a","b"],"nextToken":"2"})"))
      .Queue("ecs ListClusters", Ok(R"({"clusterArns":["c"],"nextToken":"1"})"));
  EXPECT_THAT(Must(ecs.ListSomeTasks("prod", 2, account.In(1min))), ElementsAre("a", "b"));
  EXPECT_THAT(account.transport.BodiesOf("ecs ListTasks"),
              ElementsAre(R"({"cluster":"prod","maxResults":2})",
                          R"({"cluster":"prod","nextToken":"1","maxResults":2})"));
  EXPECT_THAT(Must(ecs.ListSomeClusters(1, account.In(1min))), ElementsAre("c"));
  EXPECT_THAT(account.transport.BodiesOf("ecs ListClusters"), ElementsAre(R"({"maxResults":1})"));
}

TEST_F(EcsClientTest, GivesUpOnAListingWithOneEmptyPageAfterTheOther) {
  for (const char* token : {"1", "2", "3", "4", "5"}) {
    account.transport.Queue("ecs ListTasks",
                            Ok(R"({"taskArns":[],"nextToken":")" + std::string(token) + R"("})"));
  }
  EXPECT_TRUE(Must(ecs.ListSomeTasks("prod", 2, account.In(1min))).empty());
  EXPECT_EQ(account.transport.CountOf("ecs ListTasks"), 5U);
}

// It used to be read on to the fifth page, and to look like an empty cluster.
TEST_F(EcsClientTest, RefusesTheSameTokenTwiceAlsoWhereItListsOnlySome) {
  account.transport.Always("ecs ListTasks", Ok(R"({"taskArns":[],"nextToken":"1"})"));
  EXPECT_EQ(FailureOf(ecs.ListSomeTasks("prod", 2, account.In(1min))),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "ECS ListTasks: the same nextToken a second time"}));
  EXPECT_EQ(account.transport.CountOf("ecs ListTasks"), 2U);
}

TEST_F(EcsClientTest, RefusesAListingThatGivesTheSameTokenTwice) {
  account.transport.Always("ecs ListClusters", Ok(R"({"clusterArns":["a"],"nextToken":"1"})"));
  EXPECT_EQ(FailureOf(ecs.ListClusters(account.In(1min))),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "ECS ListClusters: the same nextToken a second time"}));
  EXPECT_EQ(account.transport.CountOf("ecs ListClusters"), 2U);
}

// Only a token that came twice in a row used to be noticed; this went on until the refresh's
// deadline.
TEST_F(EcsClientTest, RefusesAListingThatGoesRoundInCircles) {
  for (const char* token : {"1", "2", "1"}) {
    account.transport.Queue("ecs ListClusters", Ok(R"({"clusterArns":["a"],"nextToken":")" +
                                                   std::string(token) + R"("})"));
  }
  EXPECT_EQ(FailureOf(ecs.ListClusters(account.In(1min))),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "ECS ListClusters: the same nextToken a second time"}));
}

TEST_F(EcsClientTest, GivesNothingOfAListingOfWhichAPageFailed) {
  account.transport.Queue("ecs ListClusters", Ok(R"({"clusterArns":["a"],"nextToken":"1"})"))
      .Queue("ecs ListClusters", test::JsonError(400, "InvalidParameterException", "bad token"));
  EXPECT_EQ(FailureOf(ecs.ListClusters(account.In(1min))),
            (Failed{.kind = ErrorKind::kRejected,
                    .message = "ECS ListClusters: InvalidParameterException: bad token"}));
}

TEST_F(EcsClientTest, SpeaksJsonOneOne) {
  account.transport.Queue("ecs DescribeClusters", Ok(R"({"clusters":[{"clusterArn":"a"}]})"));
  const std::vector<std::string> names{"prod"};
  EXPECT_EQ(
      Must(ecs.DescribeClusters(names, account.In(1min))),
      (Described<Cluster>{.items = {{.arn = "a", .name = "", .status = ""}}, .failures = {}}));
  const auto requests = account.transport.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].url, "https://ecs.eu-west-1.amazonaws.com/");
  EXPECT_EQ(requests[0].body, R"({"clusters":["prod"]})");
  EXPECT_THAT(requests[0].headers,
              ElementsAre("Content-Type: application/x-amz-json-1.1",
                          "X-Amz-Target: AmazonEC2ContainerServiceV20141113.DescribeClusters"));
}

TEST_F(EcsClientTest, DescribesTasks) {
  account.transport.Queue(
      "ecs DescribeTasks",
      Ok(R"({"tasks":[{"taskArn":"a"}],"failures":[{"arn":"b","reason":"MISSING"}]})"));
  const std::vector<std::string> arns{"a", "b"};
  core::Task task;
  task.arn = "a";
  EXPECT_EQ(Must(ecs.DescribeTasks("prod", arns, account.In(1min))),
            (Described<core::Task>{.items = {task},
                                   .failures = {{.arn = "b", .reason = "MISSING", .detail = ""}}}));
  EXPECT_THAT(account.transport.BodiesOf("ecs DescribeTasks"),
              ElementsAre(R"({"cluster":"prod","tasks":["a","b"]})"));
}

TEST_F(EcsClientTest, DescribesADefinition) {
  account.transport.Queue("ecs DescribeTaskDefinition",
                          Ok(R"({"taskDefinition":{"taskDefinitionArn":"d","revision":3}})"));
  core::TaskDefinition definition;
  definition.arn = "d";
  definition.revision = 3;
  EXPECT_EQ(Must(ecs.DescribeTaskDefinition("d", account.In(1min))), definition);
  EXPECT_THAT(account.transport.BodiesOf("ecs DescribeTaskDefinition"),
              ElementsAre(R"({"taskDefinition":"d"})"));
}

TEST_F(EcsClientTest, DescribesContainerInstances) {
  account.transport.Queue(
      "ecs DescribeContainerInstances",
      Ok(R"({"containerInstances":[{"containerInstanceArn":"ci","ec2InstanceId":"i-1"}]})"));
  const std::vector<std::string> arns{"ci"};
  EXPECT_EQ(Must(ecs.DescribeContainerInstances("prod", arns, account.In(1min))),
            (Described<core::ContainerInstance>{.items = {{.arn = "ci", .instance_id = "i-1"}},
                                                .failures = {}}));
  EXPECT_THAT(account.transport.BodiesOf("ecs DescribeContainerInstances"),
              ElementsAre(R"({"cluster":"prod","containerInstances":["ci"]})"));
}

TEST_F(EcsClientTest, SaysWhichAnswerCouldNotBeRead) {
  account.transport.Always("ecs DescribeTasks", Ok("<html>"));
  const std::vector<std::string> arns{"a"};
  EXPECT_EQ(FailureOf(ecs.DescribeTasks("prod", arns, account.In(1min))),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "ECS DescribeTasks: the answer is no JSON object; is something "
                               "between here and AWS (a proxy) answering instead? (after 3 "
                               "attempts)"}));
}

}  // namespace
}  // namespace ecsd::aws
