// Responses that are well formed and wrong: of each, nothing that is known is lost, what is new
// comes as soon as AWS tells the truth, and nothing wrong is remembered.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "discovery/known_state.h"
#include "discovery/scripted_account.h"
#include "discovery/source.h"

namespace ecsd::discovery {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;
using Json = ScriptedAccount::Json;

struct Lie {
  std::string name;
  std::string action;
  std::function<void(Json& body)> tell;
};

// The name alone: tests are listed by it.
void PrintTo(const Lie& lie, std::ostream* out) {
  *out << lie.name;
}

// Changes the first entry of the list.
std::function<void(Json&)> First(const std::string& list, std::function<void(Json&)> change) {
  return [list, change = std::move(change)](Json& body) {
    if (!body[list].empty()) change(body[list][0]);
  };
}

std::function<void(Json&)> Without(const std::string& list, const std::string& member) {
  return First(list, [member](Json& item) { item.erase(member); });
}

std::function<void(Json&)> With(const std::string& list, const std::string& member, Json value) {
  return First(list, [member, value = std::move(value)](Json& item) { item[member] = value; });
}

std::function<void(Json&)> Twice(const std::string& list, const std::string& member, Json value) {
  return [list, member, value = std::move(value)](Json& body) {
    if (body[list].empty()) return;
    auto twin = body[list][0];
    twin[member] = value;
    body[list].push_back(twin);
  };
}

void NameOtherContainers(Json& body) {
  for (auto& container : body["taskDefinition"]["containerDefinitions"])
    container["name"] = "other";
}

const std::string kOtherTask = ScriptedAccount::TaskArn("prod", "zzz");
const std::string kOtherCluster = ScriptedAccount::ClusterArn("other");

std::vector<Lie> Lies() {
  const std::string tasks = "DescribeTasks";
  const std::string definition = "DescribeTaskDefinition";
  return {
      {"AnotherTask", tasks, With("tasks", "taskArn", kOtherTask)},
      {"AnotherCluster", tasks, With("tasks", "clusterArn", kOtherCluster)},
      {"ContainersOfAnotherTask", tasks,
       First("tasks",
             [](Json& task) {
               task["containers"][0]["containerArn"] = std::string(kArn) + "container/prod/zzz/c";
             })},
      {"TaskArnOfAnotherTask", tasks,
       First("tasks", [](Json& task) { task["containers"][0]["taskArn"] = kOtherTask; })},
      {"TwiceStopped", tasks, Twice("tasks", "lastStatus", "STOPPED")},
      {"TwiceWithoutContainers", tasks, Twice("tasks", "containers", Json::array())},
      {"DescribedAndMissing", tasks,
       [](Json& body) {
         for (const auto& task : body["tasks"])
           body["failures"].push_back({{"arn", task["taskArn"]}, {"reason", "MISSING"}});
       }},
      {"NoLastStatus", tasks, Without("tasks", "lastStatus")},
      {"NoDesiredStatus", tasks, Without("tasks", "desiredStatus")},
      {"UnknownLastStatus", tasks, With("tasks", "lastStatus", "FROBNICATING")},
      {"UnknownDesiredStatus", tasks, With("tasks", "desiredStatus", "FROBNICATING")},
      {"NoContainers", tasks, With("tasks", "containers", Json::array())},
      {"NoContainerName", tasks,
       First("tasks", [](Json& task) { task["containers"][0].erase("name"); })},
      {"NoTasks", tasks, [](Json& body) { body["tasks"] = Json::array(); }},
      {"AllMissing", tasks,
       [](Json& body) {
         for (const auto& task : body["tasks"])
           body["failures"].push_back({{"arn", task["taskArn"]}, {"reason", "MISSING"}});
         body["tasks"] = Json::array();
       }},
      {"AnotherDefinition", definition,
       [](Json& body) {
         body["taskDefinition"]["taskDefinitionArn"] =
             std::string(kArn) + "task-definition/other:1";
       }},
      {"DefinitionWithoutContainers", definition,
       [](Json& body) { body["taskDefinition"]["containerDefinitions"] = Json::array(); }},
      {"DefinitionWithoutNames", definition,
       [](Json& body) { body["taskDefinition"]["containerDefinitions"][0].erase("name"); }},
      {"DefinitionOfAnotherFamily", definition,
       [](Json& body) { body["taskDefinition"]["family"] = "other"; }},
      {"DefinitionOfOtherContainers", definition, NameOtherContainers},
      {"DefinitionWithoutLabels", definition,
       [](Json& body) { body["taskDefinition"]["containerDefinitions"][0].erase("dockerLabels"); }},
      {"DefinitionWithoutNetwork", definition,
       [](Json& body) { body["taskDefinition"]["networkMode"] = "none"; }},
      {"ContainerTwice", tasks,
       First("tasks",
             [](Json& task) {
               auto twin = task["containers"][0];
               twin["lastStatus"] = "STOPPED";
               task["containers"].push_back(twin);
             })},
      {"BackToPending", tasks, With("tasks", "lastStatus", "PENDING")},
      {"BackToProvisioning", tasks,
       First("tasks",
             [](Json& task) {
               task["lastStatus"] = "PROVISIONING";
               task["containers"] = Json::array();
             })},
      {"NoVersionAndNoAddress", tasks,
       First("tasks",
             [](Json& task) {
               task.erase("version");
               task["containers"][0].erase("networkInterfaces");
               task["containers"][0].erase("networkBindings");
             })},
      {"PageOfAnotherCluster", "ListTasks",
       [](Json& body) {
         body["taskArns"] = Json::array({ScriptedAccount::TaskArn("other", "o1")});
       }},
      {"NoClusters", "ListClusters",
       [](Json& body) { body["clusterArns"] = Json::array({kOtherTask}); }},
  };
}

class LieTest : public testing::TestWithParam<Lie> {
 protected:
  LieTest() {
    account_.clusters = {{"prod", "ACTIVE"}, {"test", "ACTIVE"}};
    account_.tasks["a1"] = {.cluster = "prod", .address = 1, .version = 5};
    account_.tasks["a2"] = {.cluster = "prod", .kind = "bridge", .address = 2, .version = 5};
    account_.tasks["b1"] = {.cluster = "test", .address = 3, .version = 5};
  }

  void Tell(std::size_t times = 1'000'000) {
    account_.lies_in = GetParam().action;
    account_.lie = GetParam().tell;
    account_.lies_left = times;
  }

  void TellTheTruth() { account_.lie = nullptr; }

  void Refresh(Source& source) {
    account_.account.clock.Advance(20s);
    (void)account_.Refresh(source);
  }

  // Refreshes `source` while the lie is told (it begins with `known`), then without it.
  void ExpectNothingLost(Source& source) {
    for (int i = 0; i < 3; ++i) {
      Refresh(source);
      EXPECT_THAT(TargetsOf(source), IsSupersetOf(known_)) << "refresh " << i;
    }
    TellTheTruth();
    for (int i = 0; i < 3; ++i) Refresh(source);
    EXPECT_EQ(TargetsOf(source), all_);
  }

  void AddATask() { account_.tasks["a3"] = {.cluster = "prod", .address = 4, .version = 5}; }

  const std::vector<std::string> known_ = {"a1 10.0.0.1:9102", "a2 10.1.0.1:32770",
                                           "b1 10.0.0.3:9102"};
  const std::vector<std::string> all_ = {"a1 10.0.0.1:9102", "a2 10.1.0.1:32770",
                                         "a3 10.0.0.4:9102", "b1 10.0.0.3:9102"};
  ScriptedAccount account_;
};

TEST_P(LieTest, TakesNothingFromARunningProcess) {
  auto source = account_.MakeSource();
  Refresh(source);
  ASSERT_EQ(TargetsOf(source), known_);
  account_.account.clock.Advance(11min);  // every task is described again
  AddATask();
  Tell();
  ExpectNothingLost(source);
}

TEST_P(LieTest, TakesNothingFromTheFileInTheFirstRefresh) {
  if (GetParam().name == "NoVersionAndNoAddress") GTEST_SKIP() << "there is nothing to compare";
  auto first = account_.MakeSource();
  Refresh(first);
  auto source = account_.MakeSource();
  source.Seed(FileOf(first), true);
  AddATask();
  Tell();
  ExpectNothingLost(source);
}

TEST_P(LieTest, TakesNothingFromARestoredState) {
  auto first = account_.MakeSource();
  Refresh(first);
  auto source = account_.MakeSource();
  source.Restore(first.Save());
  account_.account.clock.Advance(11min);
  AddATask();
  Tell();
  ExpectNothingLost(source);
}

// What was remembered of the lie would be in the state of the next process.
TEST_P(LieTest, IsNotRemembered) {
  auto first = account_.MakeSource();
  Refresh(first);
  AddATask();
  Tell();
  auto second = account_.MakeSource();
  second.Seed(FileOf(first), true);
  Refresh(second);
  TellTheTruth();
  auto third = account_.MakeSource();
  third.Restore(second.Save());
  for (int i = 0; i < 3; ++i) Refresh(third);
  EXPECT_EQ(TargetsOf(third), all_);
}

// Told once, it is found out by asking once more.
TEST_P(LieTest, ToldOnceIsFoundOutInTheSameRefresh) {
  const auto& lie = GetParam();
  if (lie.name.starts_with("Unknown") || lie.name == "DefinitionOfOtherContainers" ||
      lie.name == "DefinitionWithoutLabels" || lie.name == "DefinitionWithoutNetwork" ||
      lie.name.starts_with("BackTo") || lie.name == "NoVersionAndNoAddress" ||
      lie.action == "ListClusters") {
    GTEST_SKIP() << "it is not malformed";
  }
  Tell(1);
  auto source = account_.MakeSource();
  Refresh(source);
  EXPECT_EQ(TargetsOf(source), known_);
}

INSTANTIATE_TEST_SUITE_P(OfAws, LieTest, testing::ValuesIn(Lies()),
                         [](const auto& param) { return param.param.name; });

// Versions.

class VersionTest : public testing::Test {
 protected:
  VersionTest() {
    account_.clusters = {{"prod", "ACTIVE"}};
    account_.tasks["a1"] = {.cluster = "prod", .kind = "restart", .address = 1, .version = 5};
    (void)Refresh();
  }

  RefreshReport Refresh(std::chrono::seconds after = 20s) {
    account_.account.clock.Advance(after);
    return account_.Refresh(source_);
  }

  ScriptedTask& task() { return account_.tasks["a1"]; }

  ScriptedAccount account_;
  Source source_ = account_.MakeSource();
};

TEST_F(VersionTest, ALowerOneIsBelievedAfterTwoMinutes) {
  task() = {.cluster = "prod", .kind = "restart", .address = 9, .version = 4};
  const auto report = Refresh();
  EXPECT_TRUE(report.complete());
  ASSERT_EQ(report.events.size(), 1U);
  EXPECT_EQ(report.events[0].kind, EventKind::kTasksDoubted);
  EXPECT_EQ(report.events[0].targets, 1U);
  EXPECT_TRUE(Refresh(119s).events.empty()) << "logged once";
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32769"));
  Refresh(1s);
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32777"));
}

TEST_F(VersionTest, AWildOneLocksNoTask) {
  task().version = std::int64_t{1} << 62;
  Refresh();
  task() = {.cluster = "prod", .kind = "restart", .address = 9, .version = 6};
  Refresh();
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32769"));
  Refresh(60s);
  task().version = 7;
  Refresh(60s);
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32777"));
}

TEST_F(VersionTest, AHigherOneAndAnEqualOneWithOtherValuesAreBelieved) {
  task() = {.cluster = "prod", .kind = "restart", .address = 9, .version = 6};
  Refresh();
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32777"));
  task().address = 10;
  Refresh();
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32778"));
}

TEST_F(VersionTest, LessAtAnEqualOneIsBelievedAfterTwoMinutes) {
  account_.lies_in = "DescribeTasks";
  account_.lie = [](Json& body) {
    body["tasks"][0]["containers"][0]["networkBindings"] = Json::array();
  };
  Refresh();
  Refresh(119s);
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32769"));
  Refresh(1s);
  EXPECT_THAT(TargetsOf(source_), Not(Contains("a1 10.1.0.1:32769")));
}

TEST_F(VersionTest, LessThanTheFileHasIsBelievedAfterTwoMinutes) {
  account_.lies_in = "DescribeTasks";
  account_.lie = [](Json& body) {
    body["tasks"][0]["containers"][0]["networkBindings"] = Json::array();
  };
  auto parameters = account_.ParametersOf();
  for (const bool one_shot : {false, true}) {
    parameters.one_shot = one_shot;
    Source next(parameters, account_.account.clock);
    next.Seed(FileOf(source_), true);
    (void)account_.Refresh(next);
    EXPECT_EQ(TargetsOf(next).empty(), one_shot) << "one refresh cannot ask again";
  }
}

TEST_F(VersionTest, AContainerThatStoppedAtAnEqualOneIsNews) {
  account_.lies_in = "DescribeTasks";
  account_.lie = [](Json& body) {
    body["tasks"][0]["containers"][0]["lastStatus"] = "STOPPED";
    body["tasks"][0]["containers"][0]["networkBindings"] = Json::array();
  };
  Refresh();
  EXPECT_THAT(TargetsOf(source_), Not(Contains("a1 10.1.0.1:32769")));
}

TEST_F(VersionTest, WithoutOneEverythingIsBelieved) {
  task() = {.cluster = "prod", .kind = "restart", .address = 9};
  Refresh();
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32777"));
  task() = {.cluster = "prod", .kind = "restart", .address = 10, .version = 1};
  Refresh();
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32778"));
}

TEST_F(VersionTest, ItAndTheDoubtOutliveARestart) {
  task() = {.cluster = "prod", .kind = "restart", .address = 9, .version = 4};
  Refresh();
  auto next = account_.MakeSource();
  next.Restore(source_.Save());
  account_.account.clock.Advance(119s);
  (void)account_.Refresh(next);
  EXPECT_THAT(TargetsOf(next), ElementsAre("a1 10.1.0.1:32769"));
  account_.account.clock.Advance(1s);
  (void)account_.Refresh(next);
  EXPECT_THAT(TargetsOf(next), ElementsAre("a1 10.1.0.1:32777"));
}

// MISSING.

TEST_F(VersionTest, ATaskThatIsMissingThoughItJustRanIsKeptForTwoMinutes) {
  task().missing = true;
  task().listed = false;
  const auto report = Refresh();
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.events.size(), 1U);
  Refresh(119s);
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32769"));
  Refresh(1s);
  EXPECT_THAT(TargetsOf(source_), testing::IsEmpty());
}

TEST_F(VersionTest, AReadingThatHasItBetweenEndsTheDoubt) {
  task().missing = true;
  task().listed = false;
  Refresh();
  task().missing = false;
  task().listed = true;
  Refresh();
  task().missing = true;
  task().listed = false;
  Refresh(120s);
  EXPECT_THAT(TargetsOf(source_), ElementsAre("a1 10.1.0.1:32769"));
}

TEST_F(VersionTest, MissingForMoreThanAnHourIsBelievedAtOnce) {
  account_.denied = {"ListTasks"};
  Refresh(61min);
  account_.denied.clear();
  task().missing = true;
  task().listed = false;
  Refresh();
  EXPECT_THAT(TargetsOf(source_), testing::IsEmpty());
}

TEST_F(VersionTest, AOneShotRunBelievesAWholeListingThatAgrees) {
  auto parameters = account_.ParametersOf();
  parameters.one_shot = true;
  Source next(std::move(parameters), account_.account.clock);
  next.Seed(FileOf(source_), true, account_.account.clock.Now());
  task().missing = true;
  task().listed = false;
  (void)account_.Refresh(next);
  EXPECT_THAT(TargetsOf(next), testing::IsEmpty());
}

TEST_F(VersionTest, TheTimeOfTheFileTellsWhetherItsTasksJustRan) {
  task().missing = true;
  task().listed = false;
  for (const bool old : {true, false}) {
    auto next = account_.MakeSource();
    next.Seed(FileOf(source_), true, account_.account.clock.Now() - (old ? 61min : 59min));
    (void)account_.Refresh(next);
    EXPECT_EQ(TargetsOf(next).empty(), old);
  }
}

}  // namespace
}  // namespace ecsd::discovery
