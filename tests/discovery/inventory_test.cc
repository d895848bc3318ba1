#include "discovery/inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/records.h"
#include "discovery/account_reader.h"
#include "discovery/account_records.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::Error;
using support::ErrorKind;
using testing::ElementsAre;
using testing::IsEmpty;

const Error kThrottled{.kind = ErrorKind::kThrottled, .message = "throttled"};
const Error kGone{.kind = ErrorKind::kNotFound, .message = "no such definition"};

// A task of definition `web`, in awsvpc mode, with one container at 10.0.0.NUMBER.
core::Task ATask(int number) {
  core::Task task;
  task.arn = "task-" + std::to_string(number);
  task.definition_arn = "web";
  task.desired_status = "RUNNING";
  task.last_status = "RUNNING";
  task.containers = {{.arn = {},
                      .name = "app",
                      .last_status = "RUNNING",
                      .addresses = {"10.0.0." + std::to_string(number), ""},
                      .bindings = {}}};
  return task;
}

// The same in host mode on container instance `host`.
core::Task AHostTask(int number) {
  auto task = ATask(number);
  task.definition_arn = "host-web";
  task.container_instance_arn = "host";
  return task;
}

std::shared_ptr<const core::TaskDefinition> ADefinition(const std::string& mode) {
  return std::make_shared<const core::TaskDefinition>(
      core::TaskDefinition{.arn = {},
                           .family = {},
                           .revision = {},
                           .network_mode = mode,
                           .containers = {{.name = "app",
                                           .image = {},
                                           .docker_labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}},
                                           .port_mappings = {}}}});
}

AccountRecords AllRecords() {
  AccountRecords records;
  records.definitions["web"] = ADefinition("awsvpc");
  records.definitions["host-web"] = ADefinition("host");
  records.instances["host"] = std::make_shared<const core::ContainerInstance>(
      core::ContainerInstance{.arn = "host", .instance_id = "i-1"});
  records.addresses["i-1"] = std::make_shared<const core::Instance>(
      core::Instance{.id = "i-1", .addresses = {"10.9.9.9", ""}});
  return records;
}

ClusterReading Reading(const std::string& cluster, std::vector<core::Task> tasks) {
  return {.arn = cluster, .error = {}, .tasks = std::move(tasks), .unanswered = {}};
}

ClusterReading FailedReading(const std::string& cluster) {
  return {.arn = cluster, .error = kThrottled, .tasks = {}, .unanswered = {}};
}

std::vector<std::string> Addresses(const Inventory& inventory) {
  std::vector<std::string> addresses;
  for (const auto& target : inventory.Targets()) addresses.push_back(target.address);
  return addresses;
}

TEST(InventoryTest, IsReadyOnceEveryClusterWasRead) {
  Inventory inventory({});
  EXPECT_FALSE(inventory.ready());
  inventory.Update({Reading("a", {ATask(1)}), FailedReading("b")}, AllRecords());
  EXPECT_FALSE(inventory.ready());
  inventory.Update({FailedReading("a"), Reading("b", {})}, AllRecords());
  EXPECT_TRUE(inventory.ready());
  EXPECT_THAT(Addresses(inventory), ElementsAre("10.0.0.1:9102"));
}

TEST(InventoryTest, ANewClusterThatCannotBeReadHoldsUpNobody) {
  Inventory inventory({});
  inventory.Update({Reading("a", {ATask(1)})}, AllRecords());
  inventory.Update({Reading("a", {ATask(2)}), FailedReading("new")}, AllRecords());
  EXPECT_TRUE(inventory.ready());
  EXPECT_THAT(Addresses(inventory), ElementsAre("10.0.0.2:9102"));
}

TEST(InventoryTest, IsReadyWhenThereIsNoClusterAtAll) {
  Inventory inventory({});
  inventory.Update({}, {});
  EXPECT_TRUE(inventory.ready());
  EXPECT_THAT(Addresses(inventory), IsEmpty());
}

TEST(InventoryTest, AFailedClusterKeepsItsTargetsAndTheOthersMoveOn) {
  Inventory inventory({});
  inventory.Update({Reading("a", {ATask(1)}), Reading("b", {ATask(2)})}, AllRecords());
  const auto healths =
      inventory.Update({FailedReading("a"), Reading("b", {ATask(3)})}, AllRecords());
  EXPECT_THAT(Addresses(inventory), ElementsAre("10.0.0.1:9102", "10.0.0.3:9102"));
  EXPECT_TRUE(healths[0].was_good);
  EXPECT_TRUE(healths[0].error.has_value());
  EXPECT_FALSE(healths[1].error.has_value());
}

TEST(InventoryTest, ATaskThatIsNoLongerListedGoes) {
  Inventory inventory({});
  inventory.Update({Reading("a", {ATask(1), ATask(2)})}, AllRecords());
  inventory.Update({Reading("a", {ATask(2)})}, AllRecords());
  EXPECT_THAT(Addresses(inventory), ElementsAre("10.0.0.2:9102"));
}

TEST(InventoryTest, AnUnreadableDefinitionLeavesKnownTasksAsTheyWere) {
  Inventory inventory({});
  inventory.Update({Reading("a", {ATask(1)})}, AllRecords());
  auto records = AllRecords();
  records.definitions.erase("web");
  records.unread.emplace("web", kThrottled);
  const auto healths = inventory.Update({Reading("a", {ATask(1), ATask(2)})}, records);
  EXPECT_THAT(Addresses(inventory), ElementsAre("10.0.0.1:9102"));
  EXPECT_EQ(healths[0].error->message, "throttled");
}

TEST(InventoryTest, ADefinitionThatDoesNotExistHoldsNothingBack) {
  Inventory inventory({});
  auto records = AllRecords();
  records.definitions.erase("web");
  records.unread.emplace("web", kGone);
  const auto healths = inventory.Update({Reading("a", {ATask(1), AHostTask(2)})}, records);
  EXPECT_TRUE(inventory.ready());
  EXPECT_FALSE(healths[0].error.has_value());
  EXPECT_THAT(Addresses(inventory), ElementsAre("10.9.9.9:9102"));
}

TEST(InventoryTest, UnreadableInstancesLeaveKnownTasksAsTheyWere) {
  for (const auto* key : {"host", "i-1"}) {
    Inventory inventory({});
    inventory.Update({Reading("a", {AHostTask(1)})}, AllRecords());
    auto records = AllRecords();
    if (key == std::string("host")) records.instances.clear();
    records.addresses.clear();
    records.unread.emplace(key, kThrottled);
    inventory.Update({Reading("a", {AHostTask(1)})}, records);
    EXPECT_THAT(Addresses(inventory), ElementsAre("10.9.9.9:9102")) << key;
  }
}

TEST(InventoryTest, AnInstanceThatIsGoneTakesItsTargetsAlong) {
  Inventory inventory({});
  inventory.Update({Reading("a", {AHostTask(1)})}, AllRecords());
  auto records = AllRecords();
  records.addresses.clear();
  inventory.Update({Reading("a", {AHostTask(1)})}, records);
  EXPECT_THAT(Addresses(inventory), IsEmpty());
}

TEST(InventoryTest, AnUnansweredTaskStaysAndMakesTheClusterIncomplete) {
  Inventory inventory({});
  inventory.Update({Reading("a", {ATask(1), ATask(2)})}, AllRecords());
  auto reading = Reading("a", {ATask(2)});
  reading.unanswered = {"task-1"};
  const auto healths = inventory.Update({reading}, AllRecords());
  EXPECT_THAT(Addresses(inventory), ElementsAre("10.0.0.1:9102", "10.0.0.2:9102"));
  EXPECT_EQ(healths[0].error->kind, ErrorKind::kMalformed);
}

TEST(InventoryTest, ATaskThatStopsGoesEvenWhenItsDefinitionIsUnreadable) {
  Inventory inventory({});
  inventory.Update({Reading("a", {ATask(1)})}, AllRecords());
  auto stopping = ATask(1);
  stopping.desired_status = "STOPPED";
  AccountRecords records;
  records.unread.emplace("web", kThrottled);
  inventory.Update({Reading("a", {stopping})}, records);
  EXPECT_THAT(Addresses(inventory), IsEmpty());
}

TEST(InventoryTest, CountsTheReasons) {
  Inventory inventory({});
  auto stopping = ATask(1);
  stopping.desired_status = "STOPPED";
  auto injected = ATask(2);
  injected.containers[0].name = "ecs-service-connect-x";
  inventory.Update({Reading("a", {stopping, injected, ATask(3)})}, AllRecords());
  core::ReasonCounts expected{};
  expected[static_cast<std::size_t>(core::Reason::kTaskNotRunning)] = 1;
  expected[static_cast<std::size_t>(core::Reason::kNoDefinition)] = 1;
  EXPECT_EQ(inventory.Reasons(), expected);
  EXPECT_EQ(inventory.task_count(), 3U);
}

}  // namespace
}  // namespace ecsd::discovery
