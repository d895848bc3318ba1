#include "sim/stopped_task.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "sim/account.h"
#include "sim/churn.h"
#include "sim/ecs_api.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

constexpr const char* kStopping = "arn:task/prod/0123";

Json RunningTask() {
  return {{"taskArn", kStopping},
          {"desiredStatus", "RUNNING"},
          {"lastStatus", "RUNNING"},
          {"version", 3},
          {"startedBy", "ecs-svc/1"},
          {"attachments", Json::array({{{"status", "ATTACHED"}}})},
          {"containers", Json::array({{{"name", "app"}, {"lastStatus", "RUNNING"}}})}};
}

class StoppedTaskTest : public testing::Test {
 protected:
  StoppedTaskTest()
      : cluster(account.AddCluster({{"clusterArn", "arn:c/prod"}, {"clusterName", "prod"}})) {
    Account::AddTask(cluster, RunningTask());
  }

  Json Call(std::string_view operation, const Json& input) {
    return ParseJson(CallEcs(operation, Dump(input), account, {}, {}).value_or("null"))
        .value_or(Json());
  }
  Json Describe() {
    return Call("DescribeTasks", {{"cluster", "prod"}, {"tasks", Json::array({kStopping})}});
  }
  Json List(const char* status) {
    return Call("ListTasks", {{"cluster", "prod"}, {"desiredStatus", status}}).at("taskArns");
  }
  // The one version of the task's description.
  Json Version() { return Describe().at("tasks").at(0).at("version"); }

  Account account{"us-east-1", "1"};
  Cluster& cluster;
};

TEST_F(StoppedTaskTest, IsDescribedAsStopped) {
  ASSERT_TRUE(account.StopTask(kStopping));
  const Json task = Describe().at("tasks").at(0);
  EXPECT_EQ(task.at("lastStatus"), "STOPPED");
  EXPECT_EQ(task.at("desiredStatus"), "STOPPED");
  EXPECT_EQ(task.at("version"), 4);
  EXPECT_EQ(task.at("stopCode"), "UserInitiated");
  EXPECT_EQ(task.at("stoppedReason"), "Task stopped by user");
  EXPECT_GT(task.at("stoppedAt").get<double>(), 1.7e9);
  EXPECT_EQ(task.at("containers").at(0).at("lastStatus"), "STOPPED");
  EXPECT_EQ(task.at("attachments").at(0).at("status"), "DELETED");
}

TEST_F(StoppedTaskTest, IsListedOnlyAmongTheStoppedOnes) {
  EXPECT_EQ(List("STOPPED"), Json::array());
  ASSERT_TRUE(account.StopTask(kStopping));
  EXPECT_EQ(List("RUNNING"), Json::array());
  EXPECT_EQ(List("STOPPED"), Json({kStopping}));
}

TEST_F(StoppedTaskTest, IsMissingWhenItsTimeIsOver) {
  account.KeepStopped(std::chrono::milliseconds(0));
  ASSERT_TRUE(account.StopTask(kStopping));
  EXPECT_EQ(Describe().at("failures").at(0).at("reason"), "MISSING");
  EXPECT_EQ(List("STOPPED"), Json::array());
  EXPECT_EQ(account.ToDocument().find(kStopping), std::string::npos);
}

TEST_F(StoppedTaskTest, CanBeForgottenAtOnce) {
  ASSERT_TRUE(account.StopTask(kStopping));
  ASSERT_TRUE(account.ForgetTask(kStopping));
  EXPECT_FALSE(account.ForgetTask(kStopping));
  EXPECT_EQ(Describe().at("failures").at(0).at("reason"), "MISSING");
}

TEST_F(StoppedTaskTest, OnlyTheLatestTwentyThousandTakeMemory) {
  Churn churn(account, 1);
  for (int i = 0; i < 20'010; ++i) churn.Replace(1);
  EXPECT_EQ(Describe().at("failures").size(), 1U);
  EXPECT_TRUE(cluster.tasks.front().json.empty());
  EXPECT_FALSE(cluster.tasks[100].json.empty());
}

TEST_F(StoppedTaskTest, AReplacementByChurnSaysSo) {
  Churn(account, 1).Replace(1);
  const Json task = Describe().at("tasks").at(0);
  EXPECT_EQ(task.at("stopCode"), "ServiceSchedulerInitiated");
  EXPECT_EQ(task.at("stoppedReason"), "Scaling activity initiated by (ecs-svc/1)");
}

TEST_F(StoppedTaskTest, ATaskAddedByChurnHasAVersion) {
  Json without = RunningTask();
  without["taskArn"] = "arn:task/prod/4567";
  without.erase("version");
  Account::AddTask(cluster, without);
  Churn(account, 1).Replace(2);
  EXPECT_TRUE(cluster.tasks[2].version.has_value());
  EXPECT_TRUE(cluster.tasks[3].version.has_value());
}

TEST_F(StoppedTaskTest, AChangeOfATaskRaisesItsVersion) {
  Json task = RunningTask();
  task.erase("version");
  Account::AddTask(cluster, task);
  EXPECT_EQ(Version(), 3);  // nothing has changed
  task["lastStatus"] = "PENDING";
  Account::AddTask(cluster, task);
  EXPECT_EQ(Version(), 4);
  task["version"] = 2;
  Account::AddTask(cluster, task);
  EXPECT_EQ(Version(), 2);  // as given
}

TEST_F(StoppedTaskTest, ATaskThatRunsAgainHasAHigherVersionThanItsEnd) {
  ASSERT_TRUE(account.StopTask(kStopping));
  Json task = RunningTask();
  task.erase("version");
  Account::AddTask(cluster, task);
  EXPECT_EQ(Version(), 5);
}

TEST_F(StoppedTaskTest, ATaskWithoutVersionNeverGetsOne) {
  Json task = RunningTask();
  task["taskArn"] = "arn:task/prod/4567";
  task.erase("version");
  Account::AddTask(cluster, task);
  task["lastStatus"] = "PENDING";
  Account::AddTask(cluster, task);
  EXPECT_FALSE(cluster.tasks.back().version.has_value());
  ASSERT_TRUE(account.StopTask("arn:task/prod/4567"));
  EXPECT_EQ(DescribeStopped(cluster.tasks.back(), cluster.tasks.back().json).find("version"),
            std::string::npos);
}

}  // namespace
}  // namespace ecsd::sim
