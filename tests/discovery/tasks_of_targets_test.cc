#include "discovery/tasks_of_targets.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/some_tasks.h"

namespace ecsd::discovery {
namespace {

core::Target ATargetOf(const std::string& cluster, int task, const std::string& container) {
  return {.address = "10.0.0." + std::to_string(task) + ":80",
          .labels = {{core::kTaskArnLabel, TaskArn(task)},
                     {core::kTaskGroupLabel, "service:web"},
                     {core::kClusterArnLabel, cluster},
                     {core::kContainerNameLabel, container},
                     {core::kContainerArnLabel, container + " of " + std::to_string(task)}}};
}

using Found = std::vector<std::pair<std::string, core::TaskRecord>>;

// What is found of the task that has these targets.
Found::value_type ATaskOf(const std::vector<core::Target>& targets) {
  const auto& labels = targets.front().labels;
  core::TaskRecord record;
  record.task.arn = labels.Get(core::kTaskArnLabel);
  record.task.cluster_arn = labels.Get(core::kClusterArnLabel);
  record.task.group = labels.Get(core::kTaskGroupLabel);
  record.recovered = targets;
  return {record.task.cluster_arn, record};
}

Found TasksOf(const std::vector<core::Target>& targets) {
  Found tasks;
  ForEachTaskOf(targets, [&](std::string_view cluster, const core::TaskRecord& record) {
    tasks.emplace_back(cluster, record);
  });
  return tasks;
}

TEST(TasksOfTargetsTest, PutsTheTargetsOfATaskTogetherInTheirOrder) {
  const auto last = ATargetOf(kOther, 1, "app");
  const auto second = ATargetOf(kProd, 2, "web");
  const auto first = ATargetOf(kProd, 1, "web");
  const auto also_first = ATargetOf(kProd, 1, "app");
  EXPECT_EQ(TasksOf({last, first, second, also_first}),
            (Found{ATaskOf({first, also_first}), ATaskOf({second}), ATaskOf({last})}));
}

TEST(TasksOfTargetsTest, TellsTasksOfOneArnInTwoClustersApart) {
  const auto one = ATargetOf(kProd, 1, "web");
  const auto other = ATargetOf(kOther, 1, "web");
  EXPECT_EQ(TasksOf({other, one}), (Found{ATaskOf({one}), ATaskOf({other})}));
}

TEST(TasksOfTargetsTest, HasNoTasksOfNoTargets) {
  EXPECT_EQ(TasksOf({}), Found());
}

}  // namespace
}  // namespace ecsd::discovery
