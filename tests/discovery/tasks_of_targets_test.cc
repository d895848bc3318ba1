#include "discovery/tasks_of_targets.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/target.h"
#include "discovery/known_state.h"
#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

core::Target ATargetOf(const std::string& cluster, int task, const std::string& container) {
  core::Target target;
  target.address = "10.0.0." + std::to_string(task) + ":80";
  target.cluster_arn = cluster;
  target.task_arn = TaskArn(task);
  target.task_group = "service:web";
  target.container_name = container;
  target.container_arn = container + " of " + std::to_string(task);
  return target;
}

TaskOutcome ATaskOf(const std::vector<core::Target>& targets) {
  TaskOutcome task;
  task.arn = targets.front().task_arn;
  task.cluster_arn = targets.front().cluster_arn;
  task.group = targets.front().task_group;
  for (const auto& target : targets) {
    task.containers.push_back(
        {.name = target.container_name, .arn = target.container_arn, .outcome = target});
  }
  return task;
}

std::vector<TaskOutcome> TasksOf(const std::vector<core::Target>& targets) {
  std::vector<TaskOutcome> tasks;
  ForEachTaskOf(targets, [&](const TaskOutcome& task) { tasks.push_back(task); });
  return tasks;
}

TEST(TasksOfTargetsTest, PutsTheTargetsOfATaskTogetherInTheirOrder) {
  const auto last = ATargetOf(kOther, 1, "app");
  const auto second = ATargetOf(kProd, 2, "web");
  const auto first = ATargetOf(kProd, 1, "web");
  const auto also_first = ATargetOf(kProd, 1, "app");
  EXPECT_EQ(TasksOf({last, first, second, also_first}),
            (std::vector{ATaskOf({first, also_first}), ATaskOf({second}), ATaskOf({last})}));
}

TEST(TasksOfTargetsTest, TellsTasksOfOneArnInTwoClustersApart) {
  const auto one = ATargetOf(kProd, 1, "web");
  const auto other = ATargetOf(kOther, 1, "web");
  EXPECT_EQ(TasksOf({other, one}), (std::vector{ATaskOf({one}), ATaskOf({other})}));
}

TEST(TasksOfTargetsTest, HasNoTasksOfNoTargets) {
  EXPECT_EQ(TasksOf({}), std::vector<TaskOutcome>());
}

}  // namespace
}  // namespace ecsd::discovery
