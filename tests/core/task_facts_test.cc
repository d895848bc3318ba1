#include "core/task_facts.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "core/random_account.h"
#include "core/records.h"
#include "core/target.h"

namespace ecsd::core {
namespace {

TaskReferences Shared(const Account& account, const Task& task) {
  TaskReferences references;
  if (const auto found = account.definitions.find(task.definition_arn);
      found != account.definitions.end())
    references.definition = std::make_shared<const TaskDefinition>(found->second);
  if (const auto found = account.instances.find(task.container_instance_arn);
      found != account.instances.end()) {
    references.container_instance = std::make_shared<const ContainerInstance>(
        ContainerInstance{.arn = found->first, .instance_id = found->second.id});
    references.instance = std::make_shared<const Instance>(found->second);
  }
  return references;
}

TEST(TaskFactsTest, GiveBackEveryFact) {
  SharedTexts texts;
  TaskRecord again;  // used for all: nothing of one task is left in the next
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto account = RandomAccount(seed);
    for (const auto& task : account.tasks) {
      const TaskRecord record{.task = task,
                              .why_no_definition = seed % 2 == 0 ? "denied" : "",
                              .why_no_instance = seed % 3 == 0 ? "unknown" : "",
                              .recovered = {}};
      const TaskFacts facts(record, Shared(account, task), texts);
      facts.Unpack(again);
      ASSERT_EQ(again, record);
      EXPECT_EQ(facts.arn(), task.arn);
      EXPECT_EQ(facts.version(), task.version);
    }
  }
}

TEST(TaskFactsTest, GiveBackRecoveredTargets) {
  SharedTexts texts;
  TaskRecord record;
  record.task.arn = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0f1e";
  record.recovered = {{.address = "10.0.0.1:80", .labels = {{"job", "web"}, {"x", "y"}}},
                      {.address = "[::1]:80", .labels = {}}};
  EXPECT_EQ(TaskFacts(record, {}, texts).Unpack(), record);
}

TEST(TaskFactsTest, GiveBackArnsOfAnyForm) {
  SharedTexts texts;
  for (const auto* arn : {"", "odd", "arn:aws:ecs:eu-west-1:1:container/prod/0f1e/77"}) {
    TaskRecord record;
    record.task.arn = "arn:aws:ecs:eu-west-1:1:task/prod/0f1e";
    record.task.containers.push_back({.arn = arn, .name = "app"});
    EXPECT_EQ(TaskFacts(record, {}, texts).Unpack(), record);
    record.task.arn = "odd";
    EXPECT_EQ(TaskFacts(record, {}, texts).Unpack(), record);
  }
}

TEST(TaskFactsTest, AreEqualWhenEveryFactIs) {
  SharedTexts texts;
  const auto account = RandomAccount(7);
  for (const auto& task : account.tasks) {
    const TaskRecord record{
        .task = task, .why_no_definition = {}, .why_no_instance = {}, .recovered = {}};
    const TaskFacts facts(record, Shared(account, task), texts);
    EXPECT_EQ(facts, TaskFacts(record, Shared(account, task), texts)) << "equal, not the same";
    auto other = record;
    other.task.version = 99'999;
    EXPECT_NE(facts, TaskFacts(other, Shared(account, task), texts));
    other = record;
    other.task.group += "x";
    EXPECT_NE(facts, TaskFacts(other, Shared(account, task), texts));
    if (Shared(account, task).definition) {
      EXPECT_NE(facts, TaskFacts(record, {}, texts)) << "another definition: none";
    }
  }
}

// A machine is read again and again; that is no news of the task.
TEST(TaskFactsTest, WhenAnInstanceWasReadIsNoFactOfTheTask) {
  SharedTexts texts;
  TaskRecord record;
  record.task.arn = "t";
  const auto at = [&](int seconds, const std::string& address) {
    TaskReferences references;
    references.instance = std::make_shared<const Instance>(
        Instance{.id = "mi-1",
                 .addresses = {.ipv4 = address, .ipv6 = {}},
                 .read = support::SystemTime(std::chrono::seconds(seconds))});
    return TaskFacts(record, references, texts);
  };
  EXPECT_EQ(at(1, "10.0.0.1"), at(2, "10.0.0.1"));
  EXPECT_NE(at(1, "10.0.0.1"), at(1, "10.0.0.2"));
}

TEST(TaskFactsTest, ShareTheTextsThatTasksHaveInCommon) {
  SharedTexts texts;
  std::vector<TaskFacts> all;
  for (int i = 0; i < 100; ++i) {
    TaskRecord record;
    record.task.arn = "task/" + std::to_string(i);
    record.task.cluster_arn = "cluster";
    record.task.group = "service:web";
    all.emplace_back(record, TaskReferences(), texts);
  }
  EXPECT_EQ(texts.size(), 2U);
}

}  // namespace
}  // namespace ecsd::core
