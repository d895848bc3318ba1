#include "sim/churn.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>

#include "sim/account.h"
#include "sim/json.h"
#include "sim/synthetic_account.h"

namespace ecsd::sim {
namespace {

std::set<std::string> Running(const Account& account) {
  std::set<std::string> arns;
  for (const auto& cluster : account.clusters()) {
    for (const Task& task : cluster->tasks) {
      if (!task.stopped) arns.insert(task.arn);
    }
  }
  return arns;
}

std::size_t CountOfNew(const std::set<std::string>& before, const std::set<std::string>& after) {
  std::size_t count = 0;
  for (const std::string& arn : after) count += before.contains(arn) ? 0U : 1U;
  return count;
}

TEST(ChurnTest, ReplacesAsManyTasksAsAsked) {
  const auto made = BuildSyntheticAccount({.seed = 3, .clusters = 2, .tasks = 200});
  Churn churn(*made->account, 1);
  const auto before = Running(*made->account);
  churn.Replace(20);
  const auto after = Running(*made->account);
  EXPECT_EQ(after.size(), before.size());
  EXPECT_EQ(CountOfNew(before, after), 20U);
  churn.Replace(1'000'000);
  EXPECT_EQ(CountOfNew(after, Running(*made->account)), 200U);
}

TEST(ChurnTest, NewTasksOfTheSameSeedTakeNoIdThatIsInUse) {
  const auto made = BuildSyntheticAccount({.seed = 3, .clusters = 2, .tasks = 2'000});
  Churn churn(*made->account, 3);
  churn.Replace(1'000);
  churn.Replace(1'000);
  EXPECT_EQ(Running(*made->account).size(), 2'000U);
}

TEST(ChurnTest, ANewTaskDiffersFromTheOldOnlyInItsId) {
  const auto made = BuildSyntheticAccount({.seed = 3, .clusters = 1, .tasks = 1});
  const Cluster& cluster = *made->account->clusters()[0];
  Churn(*made->account, 1).Replace(1);
  ASSERT_EQ(cluster.tasks.size(), 2U);
  const Task& old = cluster.tasks[0];
  const Task& fresh = cluster.tasks[1];
  EXPECT_TRUE(old.stopped);
  EXPECT_FALSE(fresh.stopped);
  EXPECT_EQ(old.json.size(), fresh.json.size());
  EXPECT_EQ(fresh.json.find(ShortId(old.arn)), std::string::npos);
  EXPECT_EQ(cluster.task_by_id.at(ShortId(fresh.arn)), &fresh);
}

}  // namespace
}  // namespace ecsd::sim
