#include "app/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

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
  EXPECT_EQ(RenderTable(std::vector{ATarget(), ASkip("no label")}),
            "CLUSTER  SERVICE  FAMILY  TASK  CONTAINER  RESULT\n"
            "prod     web      web:7   0123  app        target 10.0.0.1:9102\n"
            "    facts: network mode: awsvpc; address: 10.0.0.1 (the task's network interface)\n"
            "prod     -        web:7   0123  sidecar    no_port_label\n"
            "    why: no label\n"
            "    facts: network mode: awsvpc\n"
            "    change: give it a label\n");
}

Explanation ARefused() {
  auto explanation = ATarget();
  explanation.outcome->scheme = "ftp";
  explanation.change = "set the label";
  return explanation;
}

TEST(RenderTableTest, SaysWhatPrometheusRefuses) {
  EXPECT_THAT(RenderTable(std::vector{ARefused()}),
              testing::HasSubstr("    refused by Prometheus: scheme \"ftp\" is neither"));
  EXPECT_THAT(RenderTable(std::vector{ARefused()}),
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
  EXPECT_THAT(RenderTable(std::vector{ASkip("a\nprod\x1b[2J")}),
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
