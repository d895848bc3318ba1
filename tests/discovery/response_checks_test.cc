#include "discovery/response_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

using testing::HasSubstr;
using testing::Optional;

std::optional<std::string> FaultAfter(const std::function<void(core::Task&)>& change) {
  auto task = ATask(1);
  change(task);
  return FaultOf(task, kProd);
}

TEST(FaultOfTaskTest, ATaskAsEcsDescribesItHasNone) {
  EXPECT_EQ(FaultAfter([](core::Task&) {}), std::nullopt);
  EXPECT_EQ(FaultAfter([](core::Task& task) { task.cluster_arn.clear(); }), std::nullopt);
  EXPECT_EQ(FaultAfter([](core::Task& task) { task.last_status = "FROBNICATING"; }), std::nullopt);
  EXPECT_EQ(FaultAfter([](core::Task& task) {
              task.containers[0].arn = "arn:aws:ecs:eu-west-1:111122223333:container/0f1e";
            }),
            std::nullopt)
      << "an ARN from before 2018";
}

TEST(FaultOfTaskTest, OnlyATaskThatDoesNotRunMayHaveNoContainers) {
  for (const auto* status : {"PROVISIONING", "PENDING", "DEPROVISIONING", "STOPPED", "DELETED"}) {
    EXPECT_EQ(FaultAfter([&](core::Task& task) {
                task.last_status = status;
                task.containers.clear();
              }),
              std::nullopt)
        << status;
  }
  for (const auto* status : {"RUNNING", "ACTIVATING", "DEACTIVATING", "STOPPING", "FROBNICATING"}) {
    EXPECT_EQ(FaultAfter([&](core::Task& task) {
                task.last_status = status;
                task.containers.clear();
              }),
              "has no containers")
        << status;
  }
}

TEST(FaultOfTaskTest, NamesWhatIsWrong) {
  EXPECT_THAT(FaultAfter([](core::Task& task) { task.cluster_arn = kOther; }),
              Optional(HasSubstr(kOther)));
  EXPECT_EQ(FaultAfter([](core::Task& task) { task.last_status.clear(); }), "has no lastStatus");
  EXPECT_EQ(FaultAfter([](core::Task& task) { task.desired_status.clear(); }),
            "has no desiredStatus");
  EXPECT_EQ(FaultAfter([](core::Task& task) { task.containers[0].name.clear(); }),
            "has a container without a name");
  EXPECT_THAT(FaultAfter([](core::Task& task) { task.containers[0].arn = ContainerArn(2); }),
              Optional(HasSubstr(ContainerArn(2))));
}

core::TaskDefinition ADefinition() {
  core::TaskDefinition definition;
  definition.arn = ATask(1).definition_arn;
  definition.family = "web";
  definition.revision = 7;
  definition.containers.resize(1);
  definition.containers[0].name = "app";
  return definition;
}

std::optional<std::string> FaultAfter(const std::function<void(core::TaskDefinition&)>& change) {
  auto definition = ADefinition();
  change(definition);
  return FaultOf(definition, ADefinition().arn);
}

TEST(FaultOfDefinitionTest, ARevisionAsEcsDescribesItHasNone) {
  EXPECT_EQ(FaultAfter([](core::TaskDefinition&) {}), std::nullopt);
  EXPECT_EQ(FaultAfter([](core::TaskDefinition& definition) {
              definition.family.clear();
              definition.revision.reset();
            }),
            std::nullopt);
}

TEST(FaultOfDefinitionTest, NamesWhatIsWrong) {
  using Definition = core::TaskDefinition;
  EXPECT_THAT(FaultAfter([](Definition& definition) { definition.arn = "arn:other:8"; }),
              Optional(HasSubstr("arn:other:8")));
  EXPECT_EQ(FaultAfter([](Definition& definition) { definition.containers.clear(); }),
            "has no containers");
  EXPECT_EQ(FaultAfter([](Definition& definition) { definition.containers[0].name.clear(); }),
            "has a container without a name");
  EXPECT_EQ(FaultAfter([](Definition& definition) {
              definition.containers.push_back(definition.containers[0]);
            }),
            "has two containers named app");
  EXPECT_EQ(FaultAfter([](Definition& definition) { definition.family = "db"; }),
            "has the family db");
  EXPECT_EQ(FaultAfter([](Definition& definition) { definition.revision = 8; }),
            "has the revision 8");
}

TEST(FaultOfClusterTest, NeedsAStatusAndTheNameOfItsArn) {
  EXPECT_EQ(FaultOf(aws::Cluster{.arn = kProd, .name = "prod", .status = "ACTIVE"}), std::nullopt);
  EXPECT_EQ(FaultOf(aws::Cluster{.arn = kProd, .name = "", .status = "INACTIVE"}), std::nullopt);
  EXPECT_EQ(FaultOf(aws::Cluster{.arn = kProd, .name = "prod", .status = ""}), "has no status");
  EXPECT_EQ(FaultOf(aws::Cluster{.arn = kProd, .name = "test", .status = "ACTIVE"}),
            "has the name test");
}

TEST(HasKnownStatusTest, KnowsTheDocumentedLifecycle) {
  auto task = ATask(1);
  EXPECT_TRUE(HasKnownStatus(task));
  task.last_status = "FROBNICATING";
  EXPECT_FALSE(HasKnownStatus(task));
  task.last_status = "STOPPED";
  task.desired_status = "running";
  EXPECT_FALSE(HasKnownStatus(task));
}

TEST(DropTasksOfOtherClustersTest, DropsWhatThePageOfAClusterCannotHave) {
  const auto left = [](const std::string& arn, bool wrong, const std::string& cluster = kProd) {
    std::vector<std::string> arns{TaskArn(1), arn, TaskArn(2)};
    const auto error = DropTasksOfOtherClusters(arns, cluster);
    EXPECT_EQ(error.has_value(), wrong) << arn;
    if (error) {
      EXPECT_THAT(error->message, HasSubstr(arn));
    }
    return arns.size();
  };
  EXPECT_EQ(left(TaskArn(3), false), 3U);
  EXPECT_EQ(left("arn:aws:ecs:eu-west-1:111122223333:task/0f1e", false), 3U)
      << "an ARN from before 2018";
  for (const std::string arn : {"arn:aws:ecs:eu-west-1:111122223333:task/test/1",
                                "arn:aws:ecs:us-east-1:111122223333:task/prod/1",
                                "arn:aws:ecs:eu-west-1:999999999999:task/prod/1",
                                "arn:aws:ecs:eu-west-1:111122223333:cluster/prod", "x"}) {
    EXPECT_EQ(left(arn, true), 2U);
  }
  EXPECT_EQ(left("x", false, "prod"), 3U) << "nothing is known of the cluster";
}

TEST(NoClusterArnTest, FindsWhatAListOfClustersCannotHave) {
  EXPECT_EQ(NoClusterArn({kProd, kOther}), std::nullopt);
  EXPECT_EQ(NoClusterArn({kProd, TaskArn(1)}), TaskArn(1));
}

}  // namespace
}  // namespace ecsd::discovery
