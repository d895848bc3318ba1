#include "app/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/outcome_table.h"
#include "core/explain.h"
#include "core/skip.h"
#include "core/target.h"

namespace ecsd::app {
namespace {

using core::Explanation;

Explanation ATarget() {
  Explanation explanation;
  explanation.cluster = "prod";
  explanation.service = "web";
  explanation.family = "web:7";
  explanation.task = "0123";
  explanation.container = "app";
  explanation.outcome = core::Target();
  explanation.outcome->address = "10.0.0.1:9102";
  explanation.mode = "awsvpc";
  explanation.address = "10.0.0.1 (the task's network interface)";
  return explanation;
}

Explanation ASkip(std::string detail) {
  auto explanation = ATarget();
  explanation.service = "";
  explanation.container = "sidecar";
  explanation.outcome = core::SkipBecause(core::Reason::kNoPortLabel, std::move(detail));
  explanation.address = "";
  explanation.change = "give it a label";
  return explanation;
}

TEST(RenderTableTest, GivesARowWithTheFactsToEveryContainer) {
  EXPECT_EQ(RenderTable(std::vector{ATarget(), ASkip("no label")}, Rows::kGrouped),
            "CLUSTER  SERVICE  FAMILY  TASK  CONTAINER  RESULT\n"
            "prod     web      web:7   0123  app        target 10.0.0.1:9102\n"
            "    facts: network mode: awsvpc; address: 10.0.0.1 (the task's network interface)\n"
            "prod     -        web:7   0123  sidecar    no_port_label\n"
            "    why: no label\n"
            "    facts: network mode: awsvpc\n"
            "    change: give it a label\n");
}

// Five targets of one family, one of them refused, and two skipped containers of another one.
std::vector<Explanation> AFleet() {
  std::vector<Explanation> fleet;
  for (const auto* task : {"1", "2", "3", "4", "5"}) {
    fleet.push_back(ATarget());
    fleet.back().task = task;
    fleet.back().outcome->address = std::string("10.0.0.") + task + ":9102";
  }
  fleet[2].outcome->labels.Set("__scheme__", "ftp");
  for (const auto* task : {"6", "7"}) {
    fleet.push_back(ASkip(std::string("detail of ") + task));
    fleet.back().task = task;
  }
  return fleet;
}

TEST(RenderTableTest, PutsEqualOutcomesOfAFamilyInOneRow) {
  EXPECT_EQ(RenderTable(AFleet(), Rows::kGrouped),
            "CLUSTER  SERVICE  FAMILY  TASK     CONTAINER  RESULT\n"
            "prod     web      web:7   4 tasks  app        target 10.0.0.1:9102 and 3 more\n"
            "    example: 1\n"
            "    facts: network mode: awsvpc; address: 10.0.0.1 (the task's network interface)\n"
            "prod     web      web:7   3        app        target 10.0.0.3:9102\n"
            "    refused by Prometheus: scheme \"ftp\" is neither http nor https, so every scrape "
            "fails\n"
            "    facts: network mode: awsvpc; address: 10.0.0.1 (the task's network interface)\n"
            "prod     -        web:7   2 tasks  sidecar    no_port_label\n"
            "    example: 6\n"
            "    why: detail of 6\n"
            "    facts: network mode: awsvpc\n"
            "    change: give it a label\n");
}

TEST(RenderTableTest, KeepsOtherClustersServicesRevisionsAndWarningsApart) {
  std::vector<Explanation> others(5, ATarget());
  others[1].cluster = "test";
  others[2].service = "api";
  others[3].family = "web:8";
  others[4].warning = "is one of two";
  const auto text = RenderTable(others, Rows::kGrouped);
  EXPECT_EQ(text.find(" tasks "), std::string::npos) << text;
}

// Three tasks with a container each that AWS added, and one task with two of them.
std::vector<Explanation> AddedSidecars(bool also_two_in_one_task) {
  std::vector<Explanation> fleet;
  for (const auto* id : {"1", "2", "3", "3b"}) {
    fleet.push_back(ATarget());
    fleet.back().task = std::string(id).substr(0, 1);
    fleet.back().container = std::string("aws-guardduty-agent-") + id;
    fleet.back().outcome = core::SkipBecause(core::Reason::kNoDefinition, "added");
    fleet.back().mode = fleet.back().address = "";
  }
  if (!also_two_in_one_task) fleet.pop_back();
  return fleet;
}

TEST(RenderTableTest, PutsContainersThatAwsAddedInOneRow) {
  EXPECT_EQ(RenderTable(AddedSidecars(false), Rows::kGrouped),
            "CLUSTER  SERVICE  FAMILY  TASK     CONTAINER                         RESULT\n"
            "prod     web      web:7   3 tasks  aws-guardduty-agent-1 and 2 more  no_definition\n"
            "    example: 1\n"
            "    why: added\n");
  EXPECT_THAT(RenderTable(AddedSidecars(true), Rows::kGrouped),
              testing::HasSubstr("3 tasks  aws-guardduty-agent-1 and 3 more  no_definition\n"));
  EXPECT_EQ(RenderTable(AddedSidecars(true), Rows::kEach).find(" more "), std::string::npos);
}

TEST(RenderTableTest, HasNoHeaderWithoutRows) {
  EXPECT_EQ(RenderTable({}, Rows::kGrouped), "");
}

TEST(RenderTableTest, HasARowForEachContainerOnDemand) {
  const auto text = RenderTable(AFleet(), Rows::kEach);
  EXPECT_EQ(text.find(" tasks "), std::string::npos);
  EXPECT_EQ(text.find("example"), std::string::npos);
  for (const auto* part : {"10.0.0.5:9102\n", "detail of 7\n"})
    EXPECT_THAT(text, testing::HasSubstr(part));
}

Explanation ARefused() {
  auto explanation = ATarget();
  explanation.outcome->labels.Set("__scheme__", "ftp");
  explanation.change = "set the label";
  return explanation;
}

TEST(RenderTableTest, SaysWhatPrometheusRefuses) {
  EXPECT_THAT(RenderTable(std::vector{ARefused()}, Rows::kGrouped),
              testing::HasSubstr("    refused by Prometheus: scheme \"ftp\" is neither"));
  EXPECT_THAT(RenderTable(std::vector{ARefused()}, Rows::kGrouped),
              testing::HasSubstr("    change: set the label\n"));
}

TEST(RenderExplanationsJsonTest, SaysWhatPrometheusRefuses) {
  const auto json =
      nlohmann::json::parse(RenderExplanationsJson(std::vector{ARefused(), ATarget()}));
  EXPECT_EQ(json[0]["refused"], "scheme \"ftp\" is neither http nor https, so every scrape fails");
  EXPECT_EQ(json[0]["change"], "set the label");
  EXPECT_FALSE(json[1].contains("refused"));
  EXPECT_FALSE(json[1].contains("change"));
}

TEST(RenderTableTest, LetsNothingForgeARow) {
  EXPECT_THAT(RenderTable(std::vector{ASkip("a\nprod\x1b[2J")}, Rows::kGrouped),
              testing::HasSubstr("    why: a prod [2J\n"));
}

TEST(RenderExplanationsJsonTest, IsAnArrayOfObjects) {
  const auto json =
      nlohmann::json::parse(RenderExplanationsJson(std::vector{ATarget(), ASkip("say \"hi\"\n")}));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["target"], "10.0.0.1:9102");
  EXPECT_FALSE(json[0].contains("reason"));
  EXPECT_EQ(json[1]["reason"], "no_port_label");
  EXPECT_EQ(json[1]["detail"], "say \"hi\"\n");
  EXPECT_EQ(json[1]["change"], "give it a label");
  EXPECT_FALSE(json[1].contains("target"));
}

TEST(RenderExplanationsJsonTest, IsAnEmptyArrayForNothing) {
  EXPECT_EQ(nlohmann::json::parse(RenderExplanationsJson({})), nlohmann::json::array());
}

TEST(IsAboutTest, KnowsEveryNameOfAContainer) {
  const auto explanation = ATarget();
  for (const auto* name :
       {"prod", "web", "web:7", "0123", "app", "arn:aws:ecs:eu-west-1:1:task/prod/0123"}) {
    EXPECT_TRUE(IsAbout(explanation, name)) << name;
  }
  for (const auto* name : {"web:8", "we", "", "7"})
    EXPECT_FALSE(IsAbout(explanation, name)) << name;
}

}  // namespace
}  // namespace ecsd::app
