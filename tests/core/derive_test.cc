#include "core/derive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/random_account.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/selection.h"
#include "core/target.h"
#include "core/task_facts.h"

namespace ecsd::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A running Fargate task of one container that asks to be scraped.
TaskRecord ARecord() {
  TaskRecord record;
  record.task.arn = "arn:aws:ecs:eu-west-1:1:task/prod/a";
  record.task.cluster_arn = "arn:aws:ecs:eu-west-1:1:cluster/prod";
  record.task.definition_arn = "web:7";
  record.task.desired_status = "RUNNING";
  record.task.last_status = "RUNNING";
  record.task.has_network_interface = true;
  record.task.interface_addresses = {.ipv4 = "10.0.0.1", .ipv6 = {}};
  record.task.containers.push_back({.arn = "c1", .name = "app", .last_status = "RUNNING"});
  return record;
}

TaskReferences WebReferences(std::string mode = "awsvpc") {
  TaskDefinition definition{.arn = "web:7", .family = "web", .network_mode = std::move(mode)};
  definition.containers.push_back(
      {.name = "app", .docker_labels = {{"PROMETHEUS_EXPORTER_PORT", "9102"}}});
  return {.definition = std::make_shared<const TaskDefinition>(std::move(definition))};
}

Target Recovered(const std::string& name, const std::string& arn, const std::string& address) {
  return {.address = address, .labels = {{kContainerNameLabel, name}, {kContainerArnLabel, arn}}};
}

class DeriveTest : public testing::Test {
 protected:
  std::vector<ContainerOutcome> Derived(const TaskRecord& record, TaskReferences references) {
    return Derive(TaskFacts(record, std::move(references), texts_), selection_);
  }
  // The addresses of all targets, and the names of the reasons.
  std::vector<std::string> Shown(const TaskRecord& record, TaskReferences references) {
    std::vector<std::string> shown;
    for (const auto& outcome : Derived(record, std::move(references))) {
      for (const auto& target : outcome.targets) shown.push_back(target.address);
      if (outcome.skip) shown.emplace_back(ReasonName(outcome.skip->reason));
    }
    return shown;
  }

  SharedTexts texts_;
  Selection selection_;
};

TEST_F(DeriveTest, GivesWhatTheResolverGivesInTheOrderOfTheFile) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto account = RandomAccount(seed);
    for (const auto& task : account.tasks) {
      const TaskRecord record{
          .task = task, .why_no_definition = {}, .why_no_instance = {}, .recovered = {}};
      const auto references = account.ReferencesOf(task);
      TaskReferences shared;
      if (references.definition != nullptr)
        shared.definition = std::make_shared<const TaskDefinition>(*references.definition);
      if (references.instance != nullptr) {
        shared.container_instance = std::make_shared<const ContainerInstance>(
            ContainerInstance{.arn = task.container_instance_arn,
                              .instance_id = std::string(references.instance_id)});
        shared.instance = std::make_shared<const Instance>(
            Instance{.id = std::string(references.instance_id), .addresses = *references.instance});
      }
      auto resolved = ResolveTask(task, references, selection_);
      const auto derived = Derived(record, shared);
      ASSERT_EQ(derived.size(), resolved.size());
      EXPECT_TRUE(std::ranges::is_sorted(
          derived, {}, [](const auto& each) { return std::tie(each.name, each.arn); }));
      for (std::size_t i = 0; i < resolved.size(); ++i) {
        const auto is_it = [&](const ContainerOutcome& outcome) {
          if (outcome.name != task.containers[i].name || outcome.arn != task.containers[i].arn)
            return false;
          return resolved[i] ? outcome.targets == std::vector{*resolved[i]}
                             : outcome.skip == resolved[i].error();
        };
        EXPECT_TRUE(std::ranges::any_of(derived, is_it));
      }
    }
  }
}

TEST_F(DeriveTest, ATaskThatWasNeverDescribedHasItsRecoveredTargets) {
  TaskRecord record;
  record.task.arn = "t";
  record.recovered = {Recovered("b", "2", "10.0.0.2:1"), Recovered("a", "9", "10.0.0.9:1"),
                      Recovered("a", "1", "10.0.0.1:1")};
  EXPECT_THAT(Shown(record, {}), ElementsAre("10.0.0.1:1", "10.0.0.9:1", "10.0.0.2:1"));
}

TEST_F(DeriveTest, ARecoveredTargetStandsInForWhatIsOnlyNotFound) {
  auto record = ARecord();
  record.recovered = {Recovered("app", "c1", "10.9.9.9:1")};
  EXPECT_THAT(Shown(record, {}), ElementsAre("10.9.9.9:1")) << "no definition";
  EXPECT_THAT(Shown(record, WebReferences("host")), ElementsAre("10.9.9.9:1")) << "no instance";
  EXPECT_THAT(Shown(record, WebReferences()), ElementsAre("10.0.0.1:9102")) << "all is found";
  record.task.last_status = "STOPPED";
  EXPECT_THAT(Shown(record, {}), ElementsAre("task_not_running"));
}

TEST_F(DeriveTest, OnlyTheTargetOfTheSameContainerStandsIn) {
  auto record = ARecord();
  record.recovered = {Recovered("other", "c1", "10.9.9.9:1"), Recovered("app", "c2", "10.9.9.9:1")};
  EXPECT_THAT(Shown(record, {}), ElementsAre("definition_unavailable"));
}

TEST_F(DeriveTest, AnAddressThatNoOtherMachineReachesStandsInForNoInstance) {
  auto record = ARecord();
  record.recovered = {Recovered("app", "c1", "169.254.1.1:1")};
  EXPECT_THAT(Shown(record, WebReferences("host")), ElementsAre("no_instance_address"));
  EXPECT_THAT(Shown(record, {}), ElementsAre("169.254.1.1:1"));
}

TEST_F(DeriveTest, ATaskWithoutContainersHasNoOutcome) {
  auto record = ARecord();
  record.task.containers.clear();
  EXPECT_THAT(Derived(record, WebReferences()), IsEmpty());
}

TEST_F(DeriveTest, NothingOfOneTaskIsLeftInTheNext) {
  Derivation derivation(selection_);
  auto two = ARecord();
  two.task.containers.push_back({.arn = "c2", .name = "agent", .last_status = "RUNNING"});
  EXPECT_EQ(derivation.Of(TaskFacts(two, WebReferences(), texts_)).size(), 2U);
  EXPECT_EQ(derivation.Of(TaskFacts(ARecord(), WebReferences(), texts_)).size(), 1U);
  EXPECT_EQ(derivation.record(), ARecord());
}

TEST(HostOfTest, HasNoBracketsAndNoPort) {
  EXPECT_EQ(HostOf("10.0.0.1:80"), "10.0.0.1");
  EXPECT_EQ(HostOf("[2001:db8::1]:80"), "2001:db8::1");
}

TEST(TallyTest, CountsTargetsAndReasons) {
  const std::vector<ContainerOutcome> outcomes = {
      {.name = "a", .arn = {}, .targets = {Target(), Target()}, .skip = {}},
      {.name = "b",
       .arn = {},
       .targets = {},
       .skip = Skip{.reason = Reason::kFiltered, .detail = {}}}};
  auto tally = TallyOf(outcomes);
  EXPECT_EQ(tally.targets, 2U);
  EXPECT_EQ(tally.skipped.at(static_cast<std::size_t>(Reason::kFiltered)), 1U);
  tally += tally;
  EXPECT_EQ(tally.targets, 4U);
  tally -= TallyOf(outcomes);
  EXPECT_EQ(tally, TallyOf(outcomes));
}

}  // namespace
}  // namespace ecsd::core
