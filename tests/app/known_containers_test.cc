#include "app/known_containers.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/derive.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/selection.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/tracked_task.h"
#include "server/containers.h"

namespace ecsd::app {
namespace {

using discovery::FleetSnapshot;

const std::string kArn = "arn:aws:ecs:eu-west-1:123456789012:";

// A Fargate task with these containers; only `app` asks to be scraped.
core::TaskRecord TaskOf(const std::string& cluster, const std::string& id,
                        const std::vector<std::string>& containers = {"app", "proxy"}) {
  core::TaskRecord record;
  record.task.arn = kArn + "task/" + cluster + '/' + id;
  record.task.cluster_arn = kArn + "cluster/" + cluster;
  record.task.definition_arn = "web:7";
  record.task.group = "service:web";
  record.task.desired_status = "RUNNING";
  record.task.last_status = "RUNNING";
  record.task.has_network_interface = true;
  record.task.interface_addresses.ipv4 = "10.0.0." + id;
  for (const auto& name : containers)
    record.task.containers.push_back({.name = name, .last_status = "RUNNING"});
  return record;
}

std::shared_ptr<const core::TaskFacts> FactsOf(const core::TaskRecord& record) {
  core::TaskDefinition definition{
      .arn = "web:7", .family = "web", .revision = 7, .network_mode = "awsvpc"};
  definition.containers = {{.name = "app", .docker_labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}}},
                           {.name = "proxy"}};
  core::SharedTexts texts;
  return std::make_shared<const core::TaskFacts>(
      record,
      core::TaskReferences{.definition =
                               std::make_shared<const core::TaskDefinition>(std::move(definition))},
      texts);
}

discovery::ClusterState ClusterOf(const std::string& name,
                                  const std::vector<core::TaskRecord>& records) {
  discovery::Tasks tasks;
  core::Tally tally;
  for (const auto& record : records) {
    tasks.push_back({.facts = FactsOf(record)});
    tally += core::TallyOf(core::Derive(*tasks.back().facts, core::Selection()));
  }
  return {.arn = kArn + "cluster/" + name,
          .tasks = std::make_shared<const discovery::Tasks>(std::move(tasks)),
          .tally = tally};
}

KnownContainers ContainersOf(std::vector<discovery::ClusterState> clusters) {
  return KnownContainers({std::make_shared<const FleetSnapshot>(
      std::move(clusters), std::make_shared<const core::Selection>(), 1, discovery::Moment{})});
}

// Clusters `prod` with two tasks and `test` with one.
KnownContainers SomeContainers() {
  return ContainersOf({ClusterOf("prod", {TaskOf("prod", "1"), TaskOf("prod", "2")}),
                       ClusterOf("test", {TaskOf("test", "3")})});
}

std::vector<std::string> TargetsOf(const KnownContainers& containers, std::string_view cluster,
                                   std::size_t most = 100) {
  std::vector<std::string> targets;
  containers.ForEachTarget(cluster, [&](const core::Target& target) {
    targets.push_back(target.address);
    return targets.size() < most;
  });
  return targets;
}

// Cluster, task and container.
std::vector<std::string> SkippedOf(const KnownContainers& containers, std::string_view cluster,
                                   std::size_t most = 100) {
  std::vector<std::string> all;
  containers.ForEachSkipped(cluster, [&](const server::SkippedContainer& skipped) {
    all.push_back(skipped.cluster + ' ' + skipped.task + ' ' + skipped.container);
    return all.size() < most;
  });
  return all;
}

TEST(KnownContainersTest, AreAllThatTheFleetKnows) {
  const auto containers = SomeContainers();

  EXPECT_EQ(containers.target_count(), 3U);
  EXPECT_EQ(containers.skipped_count(), 3U);
  EXPECT_EQ(TargetsOf(containers, ""),
            (std::vector<std::string>{"10.0.0.1:9102", "10.0.0.2:9102", "10.0.0.3:9102"}));
  EXPECT_EQ(SkippedOf(containers, ""),
            (std::vector<std::string>{"prod 1 proxy", "prod 2 proxy", "test 3 proxy"}));
}

TEST(KnownContainersTest, AreThoseOfAClusterWhereOneIsAskedFor) {
  const auto containers = SomeContainers();

  EXPECT_EQ(TargetsOf(containers, "test"), std::vector<std::string>{"10.0.0.3:9102"});
  EXPECT_EQ(SkippedOf(containers, "test"), std::vector<std::string>{"test 3 proxy"});
  EXPECT_EQ(SkippedOf(containers, "est"), std::vector<std::string>{});
}

TEST(KnownContainersTest, StopWhenNoMoreAreWanted) {
  const auto containers = SomeContainers();

  EXPECT_EQ(TargetsOf(containers, "", 2).size(), 2U);
  EXPECT_EQ(SkippedOf(containers, "", 1), std::vector<std::string>{"prod 1 proxy"});
}

TEST(KnownContainersTest, SayWhyAContainerIsNoTarget) {
  std::vector<server::SkippedContainer> first;
  SomeContainers().ForEachSkipped("", [&](const server::SkippedContainer& skipped) {
    first.push_back(skipped);
    first.back().about = nullptr;
    first.back().rules = nullptr;
    return false;
  });

  EXPECT_EQ(first, (std::vector<server::SkippedContainer>{
                       {.cluster = "prod",
                        .service = "web",
                        .family = "web:7",
                        .task = "1",
                        .container = "proxy",
                        .reason = core::Reason::kNoPortLabel,
                        .detail = "the task definition gives the container no docker label "
                                  "PROMETHEUS_EXPORTER_PORT",
                        .about = nullptr,
                        .rules = nullptr}}));
}

// As `explain` says them.
TEST(KnownContainersTest, TellTheFactsThatDecided) {
  const auto containers = SomeContainers();
  std::vector<server::SkipFacts> facts;
  containers.ForEachSkipped("test", [&](const server::SkippedContainer& skipped) {
    facts.push_back(containers.FactsOf(skipped));
    return true;
  });

  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].mode, "awsvpc");
  EXPECT_EQ(facts[0].label, "PROMETHEUS_EXPORTER_PORT is not set");
  EXPECT_EQ(facts[0].mappings, "none");
  EXPECT_EQ(facts[0].change.substr(0, 41), "to scrape it, give it docker label PROMET");
}

TEST(KnownContainersTest, CountContainersAndNotTasks) {
  const auto none = ContainersOf({ClusterOf("prod", {TaskOf("prod", "1", {"proxy", "proxy"})})});
  EXPECT_EQ(none.target_count(), 0U);
  EXPECT_EQ(none.skipped_count(), 2U);
  const auto all = ContainersOf({ClusterOf("prod", {TaskOf("prod", "1", {"app", "app"})})});
  EXPECT_EQ(all.target_count(), 2U);
  EXPECT_EQ(all.skipped_count(), 0U);
}

TEST(KnownContainersTest, HaveNoServiceWhereTheTaskWasStartedWithoutOne) {
  auto record = TaskOf("prod", "1");
  record.task.group = "family:web";
  const auto containers = ContainersOf({ClusterOf("prod", {record})});

  std::vector<std::string> services;
  containers.ForEachSkipped("", [&](const server::SkippedContainer& skipped) {
    services.push_back(skipped.service);
    return true;
  });

  EXPECT_EQ(services, std::vector<std::string>{""});
}

}  // namespace
}  // namespace ecsd::app
