#include "app/known_containers.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "core/skip.h"
#include "core/target.h"
#include "discovery/fleet.h"
#include "discovery/known_state.h"
#include "discovery/known_task.h"
#include "discovery/tracked_task.h"
#include "server/containers.h"

namespace ecsd::app {
namespace {

using discovery::FleetSnapshot;

const std::string kArn = "arn:aws:ecs:eu-west-1:123456789012:";

core::Target TargetOf(const std::string& cluster, const std::string& id) {
  return {.address = "10.0.0." + id + ":9102",
          .task_arn = kArn + "task/" + cluster + '/' + id,
          .task_name = "web",
          .task_revision = "7",
          .task_group = "service:web",
          .cluster_arn = kArn + "cluster/" + cluster,
          .container_name = "app"};
}

// A task with the target `app` and the sidecar `proxy`, which is none.
discovery::TaskOutcome TaskOf(const std::string& cluster, const std::string& id) {
  return {.arn = kArn + "task/" + cluster + '/' + id,
          .cluster_arn = kArn + "cluster/" + cluster,
          .group = "service:web",
          .family = "web",
          .revision = "7",
          .containers = {{.name = "app", .arn = {}, .outcome = TargetOf(cluster, id)},
                         {.name = "proxy",
                          .arn = {},
                          .outcome = core::SkipBecause(core::Reason::kNoPortLabel, "no label")}}};
}

// Clusters `prod` with two tasks and `test` with one.
std::shared_ptr<const FleetSnapshot> SomeFleet() {
  discovery::SharedValues shared;
  const auto cluster_of = [&shared](const std::string& name, const std::vector<std::string>& ids) {
    FleetSnapshot::Cluster cluster{.arn = kArn + "cluster/" + name};
    for (const auto& id : ids) {
      cluster.tasks.push_back(
          {.task = std::make_shared<const discovery::KnownTask>(TaskOf(name, id), shared)});
    }
    return cluster;
  };
  std::vector<FleetSnapshot::Cluster> clusters;
  clusters.push_back(cluster_of("prod", {"1", "2"}));
  clusters.push_back(cluster_of("test", {"3"}));
  return std::make_shared<const FleetSnapshot>(std::move(clusters), discovery::Moment{});
}

// The facts of each container are its task.
KnownContainers SomeContainers() {
  return {SomeFleet(), [](const discovery::KnownTask& task, std::size_t container) {
            return std::make_shared<const server::SkipFacts>(server::SkipFacts{
                .mode = std::string(task.arn()), .change = task.FactsOf(container).name});
          }};
}

std::vector<core::Target> TargetsOf(const KnownContainers& containers, std::string_view cluster,
                                    std::size_t most = 100) {
  std::vector<core::Target> targets;
  containers.ForEachTarget(cluster, [&](const core::Target& target) {
    targets.push_back(target);
    return targets.size() < most;
  });
  return targets;
}

// Cluster, task and the task that the facts are of.
std::vector<std::string> SkippedOf(const KnownContainers& containers, std::string_view cluster,
                                   std::size_t most = 100) {
  std::vector<std::string> all;
  containers.ForEachSkipped(cluster, [&](const server::SkippedContainer& skipped) {
    all.push_back(skipped.cluster + ' ' + skipped.task + ' ' +
                  skipped.facts->mode.substr(kArn.size()));
    return all.size() < most;
  });
  return all;
}

TEST(KnownContainersTest, AreAllThatTheFleetKnows) {
  const auto containers = SomeContainers();

  EXPECT_EQ(containers.target_count(), 3U);
  EXPECT_EQ(containers.skipped_count(), 3U);
  EXPECT_EQ(TargetsOf(containers, ""),
            (std::vector{TargetOf("prod", "1"), TargetOf("prod", "2"), TargetOf("test", "3")}));
  EXPECT_EQ(
      SkippedOf(containers, ""),
      (std::vector<std::string>{"prod 1 task/prod/1", "prod 2 task/prod/2", "test 3 task/test/3"}));
}

TEST(KnownContainersTest, AreThoseOfAClusterWhereOneIsAskedFor) {
  const auto containers = SomeContainers();

  EXPECT_EQ(TargetsOf(containers, "test"), std::vector{TargetOf("test", "3")});
  EXPECT_EQ(SkippedOf(containers, "test"), std::vector<std::string>{"test 3 task/test/3"});
  EXPECT_EQ(SkippedOf(containers, "est"), std::vector<std::string>{});
}

TEST(KnownContainersTest, StopWhenNoMoreAreWanted) {
  const auto containers = SomeContainers();

  EXPECT_EQ(TargetsOf(containers, "", 2).size(), 2U);
  EXPECT_EQ(SkippedOf(containers, "", 1), std::vector<std::string>{"prod 1 task/prod/1"});
}

TEST(KnownContainersTest, SayWhyAContainerIsNoTarget) {
  std::vector<server::SkippedContainer> first;
  SomeContainers().ForEachSkipped("", [&](const server::SkippedContainer& skipped) {
    first.push_back(skipped);
    first.back().facts = nullptr;
    return false;
  });

  EXPECT_EQ(first, (std::vector<server::SkippedContainer>{{.cluster = "prod",
                                                           .service = "web",
                                                           .family = "web:7",
                                                           .task = "1",
                                                           .container = "proxy",
                                                           .reason = core::Reason::kNoPortLabel,
                                                           .detail = "no label",
                                                           .facts = nullptr}}));
}

// Of one task, without facts.
KnownContainers ContainersOf(const discovery::TaskOutcome& record) {
  discovery::SharedValues shared;
  FleetSnapshot::Cluster cluster{.arn = record.cluster_arn};
  cluster.tasks.push_back({.task = std::make_shared<const discovery::KnownTask>(record, shared)});
  return {
      std::make_shared<const FleetSnapshot>(std::vector{std::move(cluster)}, discovery::Moment{}),
      [](const discovery::KnownTask&, std::size_t) { return nullptr; }};
}

TEST(KnownContainersTest, CountContainersAndNotTasks) {
  auto all_targets = TaskOf("prod", "1");
  all_targets.containers[1].outcome = TargetOf("prod", "1");
  auto no_target = TaskOf("prod", "1");
  no_target.containers[0].outcome = no_target.containers[1].outcome;

  EXPECT_EQ(ContainersOf(all_targets).target_count(), 2U);
  EXPECT_EQ(ContainersOf(all_targets).skipped_count(), 0U);
  EXPECT_EQ(ContainersOf(no_target).target_count(), 0U);
  EXPECT_EQ(ContainersOf(no_target).skipped_count(), 2U);
}

TEST(KnownContainersTest, HaveNoServiceWhereTheTaskWasStartedWithoutOne) {
  auto record = TaskOf("prod", "1");
  record.group = "family:web";
  const auto containers = ContainersOf(record);

  std::vector<std::string> services;
  containers.ForEachSkipped("", [&](const server::SkippedContainer& skipped) {
    services.push_back(skipped.service);
    return true;
  });

  EXPECT_EQ(services, std::vector<std::string>{""});
}

}  // namespace
}  // namespace ecsd::app
