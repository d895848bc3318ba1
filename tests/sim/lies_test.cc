#include "sim/lies.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/account.h"
#include "sim/ec2_api.h"
#include "sim/ecs_api.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/json.h"
#include "sim/ssm_api.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kLyingCluster = "arn:aws:ecs:us-east-1:1:cluster/prod";
constexpr std::string_view kLiedAbout = "arn:aws:ecs:us-east-1:1:task/prod/0123";
constexpr std::string_view kOtherTask = "arn:aws:ecs:us-east-1:1:task/prod/f123";
constexpr std::string_view kLyingHost = "arn:aws:ecs:us-east-1:1:container-instance/prod/4567";

Json TaskOf(std::string_view arn) {
  const Json binding = {{"hostPort", 32768}, {"containerPort", 80}};
  const Json interface = {{"privateIpv4Address", "10.0.0.1"}};
  const Json detail = {{"name", "privateIPv4Address"}, {"value", "10.0.0.1"}};
  return {{"taskArn", arn},
          {"clusterArn", kLyingCluster},
          {"lastStatus", "RUNNING"},
          {"desiredStatus", "RUNNING"},
          {"version", 3},
          {"attachments", Json::array({{{"details", Json::array({detail})}}})},
          {"containers", Json::array({{{"containerArn", std::string(arn) + "/app"},
                                       {"taskArn", arn},
                                       {"name", "app"},
                                       {"networkInterfaces", Json::array({interface})},
                                       {"networkBindings", Json::array({binding})}}})}};
}

class LiesTest : public testing::Test {
 protected:
  LiesTest() {
    Cluster& cluster = account.AddCluster({{"clusterArn", kLyingCluster}, {"clusterName", "prod"}});
    Account::AddTask(cluster, TaskOf(kLiedAbout));
    Account::AddContainerInstance(
        cluster, {{"containerInstanceArn", kLyingHost}, {"ec2InstanceId", "i-01"}});
    for (const std::string family : {"web", "db"}) {
      account.AddTaskDefinition({{"taskDefinitionArn", "arn:task-definition/" + family + ":1"},
                                 {"containerDefinitions", Json::array({{{"name", "app"}}})}});
    }
    account.AddInstance({{"instanceId", "i-01"}, {"privateIpAddress", "10.0.0.9"}});
    account.AddManagedInstance({{"InstanceId", "mi-01"}, {"IPAddress", "10.0.0.8"}});
  }

  Json Call(std::string_view operation, const Json& input, FaultKind kind) {
    const ApiResult result = CallEcs(operation, Dump(input), account, {}, kind);
    return result ? ParseJson(*result).value_or(Json()) : Json(result.error().code);
  }
  Json Tasks(FaultKind kind) {
    return Call("DescribeTasks", {{"cluster", "prod"}, {"tasks", Json::array({kLiedAbout})}}, kind)
        .at("tasks");
  }
  Json FirstTask(FaultKind kind) { return Tasks(kind).at(0); }
  Json Definition(FaultKind kind) {
    return Call("DescribeTaskDefinition", {{"taskDefinition", "web:1"}}, kind).at("taskDefinition");
  }
  std::string Xml(FaultKind kind) {
    const std::vector<NamedText> parameters = {{"InstanceId.1", "i-01234567"},
                                               {"Action", "DescribeInstances"}};
    account.AddInstance({{"instanceId", "i-01234567"}, {"privateIpAddress", "10.0.0.7"}});
    return *DescribeInstances({.account = account,
                               .paging = {},
                               .parameters = parameters,
                               .request_id = "id",
                               .twist = kind});
  }
  Json Managed(FaultKind kind) {
    const auto body = DescribeInstanceInformation("{}", account, {}, kind);
    return ParseJson(*body).value_or(Json()).at("InstanceInformationList");
  }

  Account account{"us-east-1", "1"};
};

TEST_F(LiesTest, DescribesATaskThatWasNotAskedFor) {
  EXPECT_EQ(FirstTask(FaultKind::kOtherItem), TaskOf(kOtherTask));
}

TEST_F(LiesTest, PutsTasksAndInstancesIntoAnotherCluster) {
  Json wanted = TaskOf(kLiedAbout);
  wanted["clusterArn"] = "arn:aws:ecs:us-east-1:1:cluster/frod";
  EXPECT_EQ(FirstTask(FaultKind::kOtherCluster), wanted);
  const Json hosts = Call("DescribeContainerInstances",
                          {{"cluster", "prod"}, {"containerInstances", Json::array({kLyingHost})}},
                          FaultKind::kOtherCluster);
  EXPECT_EQ(hosts.at("containerInstances").at(0).at("containerInstanceArn"),
            "arn:aws:ecs:us-east-1:1:container-instance/frod/4567");
  EXPECT_EQ(Call("ListTasks", {{"cluster", "prod"}}, FaultKind::kOtherCluster).at("taskArns"),
            Json({"arn:aws:ecs:us-east-1:1:task/frod/0123"}));
}

TEST_F(LiesTest, GivesContainersAnotherParent) {
  const Json task = FirstTask(FaultKind::kWrongParent);
  EXPECT_EQ(task.at("taskArn"), kLiedAbout);
  EXPECT_EQ(task.at("containers").at(0).at("taskArn"), kOtherTask);
  EXPECT_EQ(task.at("containers").at(0).at("containerArn"), std::string(kOtherTask) + "/app");
}

TEST_F(LiesTest, DescribesOneTaskTwiceAndRightNeitherTime) {
  const Json twins = Tasks(FaultKind::kConflictingTwins);
  ASSERT_EQ(twins.size(), 2U);
  for (const Json& twin : twins) {
    EXPECT_EQ(twin.at("taskArn"), kLiedAbout);
    EXPECT_NE(twin, TaskOf(kLiedAbout));
  }
  EXPECT_NE(twins.at(0), twins.at(1));
}

TEST_F(LiesTest, LeavesOutWhatATaskMustHave) {
  EXPECT_FALSE(FirstTask(FaultKind::kNoStatus).contains("lastStatus"));
  EXPECT_FALSE(FirstTask(FaultKind::kNoStatus).contains("desiredStatus"));
  EXPECT_EQ(FirstTask(FaultKind::kUnknownStatus).at("lastStatus"), "FROBNICATING");
  EXPECT_FALSE(FirstTask(FaultKind::kNoContainers).contains("containers"));
  EXPECT_FALSE(FirstTask(FaultKind::kNoNames).at("containers").at(0).contains("name"));
  EXPECT_FALSE(FirstTask(FaultKind::kNoVersion).contains("version"));
}

TEST_F(LiesTest, EveryOtherTaskHasAnEmptyListOfContainers) {
  Json tasks = Json::array({TaskOf(kLiedAbout), TaskOf(kOtherTask)});
  TellLie(FaultKind::kNoContainers, ItemSort::kTask, tasks);
  EXPECT_FALSE(tasks.at(0).contains("containers"));
  EXPECT_EQ(tasks.at(1).at("containers"), Json::array());
}

TEST_F(LiesTest, ChangesVersionsAndAddresses) {
  Json moved = TaskOf(kLiedAbout);
  moved["attachments"][0]["details"][0]["value"] = "10.254.0.1";
  moved["containers"][0]["networkInterfaces"][0]["privateIpv4Address"] = "10.254.0.1";
  moved["containers"][0]["networkBindings"][0]["hostPort"] = 33768;
  EXPECT_EQ(FirstTask(FaultKind::kOtherValues), moved);
  moved["version"] = 2;
  EXPECT_EQ(FirstTask(FaultKind::kStale), moved);
  moved["version"] = std::int64_t{4611686018427387904};
  EXPECT_EQ(FirstTask(FaultKind::kWildVersion), moved);
  Json less = TaskOf(kLiedAbout);
  less["attachments"] = Json::array();
  less["containers"][0]["networkInterfaces"] = Json::array();
  less["containers"][0]["networkBindings"] = Json::array();
  EXPECT_EQ(FirstTask(FaultKind::kLess), less);
}

TEST_F(LiesTest, ATaskWithoutVersionIsNeitherStaleNorWild) {
  Json without = TaskOf(kLiedAbout);
  without.erase("version");
  for (const FaultKind kind : {FaultKind::kStale, FaultKind::kWildVersion}) {
    Json tasks = Json::array({without});
    TellLie(kind, ItemSort::kTask, tasks);
    EXPECT_EQ(tasks.at(0), without);
  }
}

TEST_F(LiesTest, BendsDefinitions) {
  EXPECT_EQ(Definition(FaultKind::kOtherItem).at("taskDefinitionArn"), "arn:task-definition/db:1");
  EXPECT_EQ(Definition(FaultKind::kNoContainers).at("containerDefinitions"), Json::array());
  EXPECT_FALSE(Definition(FaultKind::kNoNames).at("containerDefinitions").at(0).contains("name"));
}

TEST_F(LiesTest, BendsClusters) {
  const Json prod = {{"clusters", Json::array({"prod"})}};
  const auto clusters = [&](FaultKind kind) {
    return Call("DescribeClusters", prod, kind).at("clusters");
  };
  EXPECT_EQ(clusters(FaultKind::kOtherItem).at(0).at("clusterName"), "frod");
  EXPECT_EQ(clusters(FaultKind::kConflictingTwins).size(), 2U);
  EXPECT_EQ(clusters(FaultKind::kConflictingTwins).at(0).at("status"), "INACTIVE");
  EXPECT_EQ(clusters(FaultKind::kUnknownStatus).at(0).at("status"), "FROBNICATING");
}

TEST_F(LiesTest, BendsInstancesOfEc2) {
  EXPECT_NE(Xml(FaultKind::kOtherItem).find("<instanceId>i-f1234567<"), std::string::npos);
  EXPECT_EQ(Xml(FaultKind::kNoAddress).find("10.0.0.7"), std::string::npos);
  EXPECT_NE(Xml(FaultKind::kDeadState).find("<name>terminated<"), std::string::npos);
  const std::string twins = Xml(FaultKind::kConflictingTwins);
  EXPECT_EQ(twins.find("10.0.0.7"), std::string::npos);
  EXPECT_NE(twins.find("10.254.0.7"), std::string::npos);
  EXPECT_NE(twins.find("10.253.0.7"), std::string::npos);
}

TEST_F(LiesTest, BendsInstancesOfSystemsManager) {
  EXPECT_EQ(Managed(FaultKind::kOtherItem).at(0).at("InstanceId"), "mi-f1");
  EXPECT_FALSE(Managed(FaultKind::kNoAddress).at(0).contains("IPAddress"));
  EXPECT_EQ(Managed(FaultKind::kConflictingTwins).size(), 2U);
}

TEST_F(LiesTest, AKindWithoutMeaningForTheOperationChangesNothing) {
  EXPECT_EQ(FirstTask(FaultKind::kDeadState), TaskOf(kLiedAbout));
  EXPECT_EQ(Call("ListClusters", Json::object(), FaultKind::kStale),
            Json({{"clusterArns", {kLyingCluster}}}));
}

TEST_F(LiesTest, OnlyTheKindsOfThisFileAreLies) {
  EXPECT_TRUE(IsLie(FaultKind::kOtherItem));
  EXPECT_TRUE(IsLie(FaultKind::kDeadState));
  EXPECT_FALSE(IsLie(FaultKind::kRepeatedToken));
  EXPECT_FALSE(IsLie(FaultKind::kThrottle));
}

}  // namespace
}  // namespace ecsd::sim
