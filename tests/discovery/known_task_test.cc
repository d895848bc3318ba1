#include "discovery/known_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/reason.h"
#include "core/records.h"
#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

using core::Reason;

// `task` and a second container in front of it in the file.
core::Task WithSidecar(core::Task task, const std::string& arn) {
  core::Container sidecar = task.containers[0];
  sidecar.name = "agent";
  sidecar.arn = arn;
  task.containers.push_back(std::move(sidecar));
  return task;
}

class KnownTaskTest : public testing::Test {
 protected:
  core::Target Target(const KnownTask& task, std::size_t container) {
    core::Target target;
    task.FillTarget(container, target);
    return target;
  }

  SharedValues shared_;
};

TEST_F(KnownTaskTest, GivesBackTheTargetsInTheOrderOfTheFile) {
  for (const auto* arn : {"", "odd", "arn:aws:ecs:eu-west-1:111122223333:container/prod/1001/x"}) {
    const auto task = WithSidecar(ATask(1), arn);
    auto sidecar = TargetOf(task, "[::1]:1");
    sidecar.container_name = "agent";
    sidecar.container_arn = arn;
    const auto app = TargetOf(task, "10.0.0.1:9102");
    const KnownTask known(task, nullptr, {app, sidecar}, shared_);
    EXPECT_EQ(known.arn(), task.arn);
    EXPECT_EQ(known.target_count(), 2U);
    EXPECT_EQ(Target(known, 0), sidecar);
    EXPECT_EQ(Target(known, 1), app);
  }
}

TEST_F(KnownTaskTest, KeepsTheReasonsAndTheirDetail) {
  core::TaskDefinition definition;
  definition.family = "web";
  definition.revision = 7;
  const KnownTask known(ATask(1), &definition, {Because(Reason::kNoBinding)}, shared_);
  EXPECT_EQ(known.target_count(), 0U);
  EXPECT_EQ(known.ReasonOf(0), Reason::kNoBinding);
  TaskOutcome expected;
  expected.arn = TaskArn(1);
  expected.cluster_arn = kProd;
  expected.group = "service:web";
  expected.family = "web";
  expected.revision = "7";
  expected.containers = {
      {.name = "app", .arn = ContainerArn(1), .outcome = Because(Reason::kNoBinding)}};
  EXPECT_EQ(known.ToRecord(), expected);
}

TEST_F(KnownTaskTest, IsTheSameAfterALifeAsARecord) {
  const auto task = WithSidecar(ATask(1), "odd");
  const KnownTask known(task, nullptr,
                        {TargetOf(task, "10.0.0.1:9102"), Because(Reason::kFiltered)}, shared_);
  EXPECT_EQ(KnownTask(known.ToRecord(), shared_).ToRecord(), known.ToRecord());
}

TEST_F(KnownTaskTest, EqualOutcomesAreEqual) {
  const auto task = ATask(1);
  const KnownTask one(task, nullptr, {TargetOf(task, "10.0.0.1:1")}, shared_);
  EXPECT_EQ(one, KnownTask(task, nullptr, {TargetOf(task, "10.0.0.1:1")}, shared_));
  EXPECT_NE(one, KnownTask(task, nullptr, {TargetOf(task, "10.0.0.1:2")}, shared_));
  EXPECT_NE(one, KnownTask(task, nullptr, {Because(Reason::kNoAddress)}, shared_));
}

TEST_F(KnownTaskTest, ATargetOutlivesAnswersThatOnlySayNotFound) {
  const auto task = ATask(1);
  const KnownTask before(task, nullptr, {TargetOf(task, "10.0.0.1:1")}, shared_);
  for (const auto reason : {Reason::kDefinitionUnavailable, Reason::kNoInstanceAddress}) {
    const auto kept = KnownTask(task, nullptr, {Because(reason)}, shared_).KeepingTargetsOf(before);
    ASSERT_NE(kept, nullptr);
    EXPECT_EQ(*kept, before);
  }
  for (const auto reason : {Reason::kTaskNotRunning, Reason::kNoBinding, Reason::kFiltered}) {
    EXPECT_EQ(KnownTask(task, nullptr, {Because(reason)}, shared_).KeepingTargetsOf(before),
              nullptr);
  }
}

TEST_F(KnownTaskTest, OnlyTheTargetOfTheSameContainerIsKept) {
  const auto task = ATask(1);
  const KnownTask before(task, nullptr, {TargetOf(task, "10.0.0.1:1")}, shared_);
  auto other = ATask(1);
  other.containers[0].name = "other";
  EXPECT_EQ(KnownTask(other, nullptr, {Because(Reason::kNoInstanceAddress)}, shared_)
                .KeepingTargetsOf(before),
            nullptr);
}

// A container that was started anew in its task has another ARN.
TEST_F(KnownTaskTest, AContainerOfTheSameNameWithAnotherArnIsAnother) {
  const auto task = ATask(1);
  const KnownTask before(task, nullptr, {TargetOf(task, "10.0.0.1:1")}, shared_);
  auto other = ATask(1);
  other.containers[0].arn = ContainerArn(2);
  const KnownTask unknown(other, nullptr, {Because(Reason::kNoInstanceAddress)}, shared_);
  EXPECT_EQ(unknown.KeepingTargetsOf(before), nullptr);
  const KnownTask there(other, nullptr, {TargetOf(other, "10.0.0.1:1")}, shared_);
  EXPECT_TRUE(there.HasLessThan(before));
}

// Of a file that somebody else wrote, or an older program.
TEST_F(KnownTaskTest, ContainersOfOneNameAreInTheOrderOfTheirArns) {
  const auto task = ATask(1);
  TaskOutcome record;
  record.arn = task.arn;
  record.cluster_arn = kProd;
  for (const auto* arn : {"b", "c", "a"}) {
    auto target = TargetOf(task, std::string(arn) + ":1");
    target.container_arn = arn;
    record.containers.push_back({.name = "app", .arn = arn, .outcome = target});
  }
  const KnownTask known(record, shared_);
  EXPECT_EQ(Target(known, 0).address, "a:1");
  EXPECT_EQ(Target(known, 1).address, "b:1");
  EXPECT_EQ(Target(known, 2).address, "c:1");
}

// What its description named no cluster of has no such label, though it is known which it is.
TEST_F(KnownTaskTest, TheClusterOfATargetIsTheOneOfItsLabel) {
  const auto task = ATask(1, "");
  TaskOutcome record;
  record.arn = task.arn;
  record.cluster_arn = kProd;
  record.containers = {
      {.name = "app", .arn = ContainerArn(1), .outcome = TargetOf(task, "10.0.0.1:1")}};
  EXPECT_EQ(Target(KnownTask(record, shared_), 0).cluster_arn, "");
}

TEST_F(KnownTaskTest, WhatTasksHaveInCommonIsStoredOnce) {
  std::vector<KnownTask> tasks;
  for (int i = 0; i < 100; ++i) {
    const auto task = ATask(i);
    tasks.emplace_back(task, nullptr, std::vector<core::Outcome>{TargetOf(task, "10.0.0.1:1")},
                       shared_);
  }
  EXPECT_EQ(shared_.facts.size(), 1U);
  EXPECT_EQ(shared_.texts.size(), 2U);  // the cluster and the group
}

struct SettlementCase {
  std::string name;
  std::string task_status = "RUNNING";
  std::string desired_status = "RUNNING";
  std::string container_status = "RUNNING";
  std::vector<core::NetworkBinding> bindings;
  std::optional<Reason> reason;
  Settlement expected = Settlement::kSettled;
};

core::NetworkBinding Bound(std::optional<core::PortRange> host) {
  core::NetworkBinding binding;
  binding.container = {.first = 80, .last = 80};
  binding.host = host;
  return binding;
}

class SettlementTest : public testing::TestWithParam<SettlementCase> {};

TEST_P(SettlementTest, IsAsTheLifecycleOfTasksSays) {
  const auto& param = GetParam();
  auto task = ATask(1);
  task.last_status = param.task_status;
  task.desired_status = param.desired_status;
  task.containers[0].last_status = param.container_status;
  task.containers[0].bindings = param.bindings;
  core::TaskDefinition definition;
  definition.containers.push_back({.name = "app",
                                   .image = {},
                                   .docker_labels = {},
                                   .port_mappings = {{.container = {.first = 80, .last = 80}}}});
  const auto outcome =
      param.reason ? Because(*param.reason) : core::Outcome(TargetOf(task, "10.0.0.1:1"));
  EXPECT_EQ(SettlementOf(task, &definition, {outcome}), param.expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, SettlementTest,
    testing::Values(SettlementCase{.name = "ARunningTarget", .bindings = {}, .reason = {}},
                    SettlementCase{.name = "ATaskThatStarts",
                                   .task_status = "ACTIVATING",
                                   .bindings = {},
                                   .reason = {},
                                   .expected = Settlement::kMoving},
                    SettlementCase{.name = "ATaskThatIsToStop",
                                   .desired_status = "STOPPED",
                                   .bindings = {},
                                   .reason = Reason::kTaskNotRunning,
                                   .expected = Settlement::kMoving},
                    SettlementCase{.name = "AContainerThatStarts",
                                   .container_status = "PENDING",
                                   .bindings = {},
                                   .reason = {},
                                   .expected = Settlement::kSettling},
                    SettlementCase{.name = "NoAddressYet",
                                   .bindings = {},
                                   .reason = Reason::kNoAddress,
                                   .expected = Settlement::kSettling},
                    SettlementCase{.name = "NoInstanceAddressYet",
                                   .bindings = {},
                                   .reason = Reason::kNoInstanceAddress,
                                   .expected = Settlement::kSettling},
                    SettlementCase{.name = "NoBindingYet",
                                   .bindings = {},
                                   .reason = Reason::kNoBinding,
                                   .expected = Settlement::kSettling},
                    SettlementCase{.name = "AHostPortNotChosenYet",
                                   .bindings = {Bound(std::nullopt)},
                                   .reason = Reason::kNoBinding,
                                   .expected = Settlement::kSettling},
                    SettlementCase{.name = "BindingsOfOtherPorts",
                                   .bindings = {Bound(core::PortRange{.first = 1, .last = 1})},
                                   .reason = Reason::kNoBinding},
                    SettlementCase{.name = "WhatTheDefinitionDecides",
                                   .container_status = "PENDING",
                                   .bindings = {},
                                   .reason = Reason::kNoPortLabel},
                    SettlementCase{.name = "AStoppedSidecar",
                                   .container_status = "STOPPED",
                                   .bindings = {},
                                   .reason = Reason::kContainerStopped}),
    [](const auto& one) { return one.param.name; });

TEST(RestartableTest, IsAContainerWithARestartPolicyInBridgeMode) {
  core::TaskDefinition definition;
  definition.network_mode = "bridge";
  definition.containers.resize(2);
  EXPECT_FALSE(IsRestartable(ATask(1), &definition));
  definition.containers[1].restarts = true;
  EXPECT_TRUE(IsRestartable(ATask(1), &definition));
  definition.network_mode = "awsvpc";
  EXPECT_FALSE(IsRestartable(ATask(1), &definition));
  EXPECT_FALSE(IsRestartable(ATask(1), nullptr));
}

TEST(HasEndedTest, IsWhatNothingBringsBack) {
  auto task = ATask(1);
  EXPECT_FALSE(HasEnded(task));
  task.last_status = "PENDING";
  EXPECT_FALSE(HasEnded(task));
  task.desired_status = "STOPPED";
  EXPECT_TRUE(HasEnded(task));
  task.desired_status = {};
  for (const auto* status : {"STOPPED", "DEPROVISIONING", "DELETED"}) {
    task.last_status = status;
    EXPECT_TRUE(HasEnded(task)) << status;
  }
}

}  // namespace
}  // namespace ecsd::discovery
