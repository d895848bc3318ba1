#include "discovery/settlement.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/derive.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/skip.h"
#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

using core::Reason;

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
  core::ContainerOutcome outcome{.name = "app", .arn = ContainerArn(1), .targets = {}, .skip = {}};
  if (param.reason) outcome.skip = core::Skip{.reason = *param.reason, .detail = {}};
  EXPECT_EQ(SettlementOf(task, &definition, {&outcome, 1}), param.expected);
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
