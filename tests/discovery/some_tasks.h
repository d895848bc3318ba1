#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/records.h"
#include "core/resolve.h"
#include "core/target.h"
#include "discovery/fleet.h"
#include "discovery/known_task.h"
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

// A running task of one container.
inline core::Task ATask(int number, const std::string& cluster = kProd) {
  core::Task task;
  task.arn = TaskArn(number);
  task.cluster_arn = cluster;
  task.definition_arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7";
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
  core::Target target;
  target.address = address;
  target.task_arn = task.arn;
  target.task_name = "web";
  target.task_revision = "7";
  target.task_group = task.group;
  target.cluster_arn = task.cluster_arn;
  target.container_name = "app";
  target.container_arn = task.containers[0].arn;
  target.docker_image = "web:1";
  target.metrics_path = "/metrics";
  return target;
}

inline core::Outcome Because(core::Reason reason) {
  return core::SkipBecause(reason, "for a test");
}

// `task` as a refresh described it, with this outcome of its one container.
inline DescribedTask Described(const core::Task& task, const core::Outcome& outcome,
                               SharedValues& shared, Moment now) {
  DescribedTask described;
  described.ended = HasEnded(task);
  described.tracked = {
      .task = std::make_shared<const KnownTask>(task, nullptr, std::vector{outcome}, shared),
      .described = now.steady,
      .first_seen = now.steady,
      .settlement = SettlementOf(task, nullptr, {outcome}),
      .restartable = false};
  return described;
}

// The same as a target at 10.0.0.NUMBER.
inline DescribedTask ATarget(int number, SharedValues& shared, Moment now,
                             const std::string& cluster = kProd) {
  const auto task = ATask(number, cluster);
  return Described(task, TargetOf(task, "10.0.0." + std::to_string(number) + ":9102"), shared, now);
}

}  // namespace ecsd::discovery
