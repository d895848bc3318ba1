#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/derive.h"
#include "core/ip_address.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/fleet.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/moment.h"
#include "discovery/reading.h"
#include "discovery/tracked_task.h"
#include "support/result.h"

namespace ecsd::discovery {

inline const support::SteadyTime kStart{std::chrono::hours(100)};
inline const support::SystemTime kToday{std::chrono::days(20'000)};
inline const support::Error kDenied{.kind = support::ErrorKind::kDenied, .message = "denied"};

// `minutes` after the start, by both clocks.
inline Moment After(int minutes) {
  return {.steady = kStart + std::chrono::minutes(minutes),
          .system = kToday + std::chrono::minutes(minutes)};
}

inline std::string TaskArn(int number) {
  return "arn:aws:ecs:eu-west-1:111122223333:task/prod/" + std::to_string(1000 + number);
}

inline std::string ContainerArn(int number) {
  return "arn:aws:ecs:eu-west-1:111122223333:container/prod/" + std::to_string(1000 + number) +
         "/app";
}

inline const std::string kProd = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
inline const std::string kOther = "arn:aws:ecs:eu-west-1:111122223333:cluster/test";

inline constexpr std::string_view kDefinition =
    "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7";

// The clusters that are known, by ARN.
inline std::vector<ClusterState> ClustersOf(const Fleet& fleet) {
  return fleet.Snapshot(After(0))->clusters();
}

// A running task of one container.
inline core::Task ATask(int number, const std::string& cluster = kProd) {
  core::Task task;
  task.arn = TaskArn(number);
  task.cluster_arn = cluster;
  task.definition_arn = kDefinition;
  task.group = "service:web";
  task.desired_status = "RUNNING";
  task.last_status = "RUNNING";
  core::Container container;
  container.arn = ContainerArn(number);
  container.name = "app";
  container.last_status = "RUNNING";
  task.containers = {std::move(container)};
  return task;
}

inline core::Target TargetOf(const core::Task& task, const std::string& address) {
  return {.address = address,
          .labels = {{core::kTaskArnLabel, task.arn},
                     {core::kTaskNameLabel, "web"},
                     {core::kTaskRevisionLabel, "7"},
                     {core::kTaskGroupLabel, task.group},
                     {core::kClusterArnLabel, task.cluster_arn},
                     {core::kContainerNameLabel, task.containers.front().name},
                     {core::kContainerArnLabel, task.containers.front().arn},
                     {core::kDockerImageLabel, "web:1"},
                     {core::kMetricsPathLabel, "/metrics"}}};
}

// What a task is to come out as: a target at this address, or none for this reason.
using Wanted = std::variant<std::string, core::Reason>;

// A definition of the container "app" in that network mode, with these docker labels.
inline std::shared_ptr<const core::TaskDefinition> ADefinition(
    std::string arn, std::string mode, std::vector<std::pair<std::string, std::string>> labels) {
  core::TaskDefinition definition{
      .arn = std::move(arn), .family = "web", .revision = 7, .network_mode = std::move(mode)};
  definition.containers.push_back(
      {.name = "app", .image = "web:1", .docker_labels = std::move(labels)});
  return std::make_shared<const core::TaskDefinition>(std::move(definition));
}

// The facts of `task`, changed so that its one container comes out as `wanted`: in host mode, at
// the address of its instance.
inline std::shared_ptr<const core::TaskFacts> FactsOf(core::Task task, const Wanted& wanted,
                                                      core::SharedTexts& texts) {
  using Reason = core::Reason;
  std::string port = "9102";
  std::string host = "10.0.0.9";
  std::string mode = "host";
  if (const auto* address = std::get_if<std::string>(&wanted)) {
    host = core::HostOf(*address);
    port = address->substr(address->rfind(':') + 1);
  }
  const auto* reason = std::get_if<Reason>(&wanted);
  const auto is = [reason](Reason one) { return reason != nullptr && *reason == one; };
  if (is(Reason::kNoAddress)) mode = "awsvpc";
  if (is(Reason::kNoBinding)) mode = "bridge";
  if (is(Reason::kNoNetwork)) mode = "none";
  if (is(Reason::kTaskNotRunning) && core::IsLive(task)) task.last_status = "PENDING";
  if (is(Reason::kContainerStopped)) task.containers.front().last_status = "STOPPED";
  std::vector<std::pair<std::string, std::string>> labels = {
      {"PROMETHEUS_EXPORTER_PATH", "/metrics"}};
  if (is(Reason::kNoPortLabel)) port.clear();
  if (!port.empty()) labels.emplace_back("PROMETHEUS_EXPORTER_PORT", port);
  if (task.definition_arn == kDefinition) task.definition_arn += '-' + mode + '-' + port;
  core::TaskReferences references;
  if (!is(Reason::kDefinitionUnavailable))
    references.definition = ADefinition(task.definition_arn, mode, std::move(labels));
  task.container_instance_arn = "instance of " + task.arn;
  if (!is(Reason::kNoInstanceAddress) && !is(Reason::kDefinitionUnavailable)) {
    references.container_instance =
        std::make_shared<const core::ContainerInstance>(core::ContainerInstance{
            .arn = task.container_instance_arn, .instance_id = "i-" + task.arn});
    const auto family = core::FamilyOf(host);
    references.instance = std::make_shared<const core::Instance>(
        core::Instance{.id = "i-" + task.arn,
                       .addresses = {.ipv4 = family == core::IpFamily::kV4 ? host : "",
                                     .ipv6 = family == core::IpFamily::kV6 ? host : ""}});
  }
  core::TaskRecord record;
  record.task = std::move(task);
  return std::make_shared<const core::TaskFacts>(record, std::move(references), texts);
}

// `task` as a refresh described it, so that its one container comes out as `wanted`.
inline DescribedTask Described(const core::Task& task, const Wanted& wanted,
                               core::SharedTexts& texts, Moment now) {
  return {.facts = FactsOf(task, wanted, texts), .described = now.steady};
}

// The same as a target at 10.0.0.NUMBER.
inline DescribedTask ATarget(int number, core::SharedTexts& texts, Moment now,
                             const std::string& cluster = kProd) {
  return Described(ATask(number, cluster), "10.0.0." + std::to_string(number) + ":9102", texts,
                   now);
}

// The task of `described` as a first reading leaves it.
inline TrackedTask Tracked(const DescribedTask& described, core::SharedTexts& texts) {
  const core::Selection selection;
  ClusterReading reading;
  reading.described = {described};
  auto merged = MergeReading({}, std::move(reading),
                             {.now = described.described, .selection = &selection}, texts);
  return std::move(merged.tasks.front());
}

// The addresses of a task's targets.
inline std::vector<std::string> AddressesOf(const TrackedTask& tracked) {
  std::vector<std::string> addresses;
  for (const auto& outcome : core::Derive(*tracked.facts, core::Selection())) {
    for (const auto& target : outcome.targets) addresses.push_back(target.address);
  }
  return addresses;
}

}  // namespace ecsd::discovery
