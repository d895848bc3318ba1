#include "app/reason_facts.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/reason.h"
#include "core/records.h"
#include "core/selection.h"
#include "discovery/account_records.h"
#include "server/snapshot.h"

namespace ecsd::app {
namespace {

// A bridge task with one container `app`, bound 8080 -> 32768, whose label names no port.
core::Task SomeTask(const std::string& arn) {
  core::Task task;
  task.arn = arn;
  task.desired_status = "RUNNING";
  task.last_status = "RUNNING";
  task.containers = {{.arn = {},
                      .name = "app",
                      .last_status = "RUNNING",
                      .addresses = {},
                      .bindings = {{.bind_ip = "0.0.0.0",
                                    .protocol = core::Protocol::kTcp,
                                    .container = {8080, 8080},
                                    .host = core::PortRange{32768, 32768}}}}};
  return task;
}

discovery::TaskReferences SomeReferences() {
  core::TaskDefinition definition;
  definition.network_mode = "bridge";
  definition.containers = {
      {.name = "app",
       .image = {},
       .docker_labels = {{"PROMETHEUS_EXPORTER_PORT", "port"}},
       .port_mappings = {{.container = {8080, 8080}, .protocol = core::Protocol::kTcp}}}};
  return {.definition = std::make_shared<const core::TaskDefinition>(definition)};
}

TEST(ReasonFactsTest, TellsWhatExplainTells) {
  const core::Selection selection;
  ReasonFacts facts(selection);

  facts.TaskDescribed(SomeTask("t/1"), SomeReferences());

  EXPECT_EQ(*facts.Find("t/1", "app"),
            (server::SkipFacts{
                .mode = "bridge",
                .label = "PROMETHEUS_EXPORTER_PORT=port",
                .bindings = "8080->32768/tcp on 0.0.0.0",
                .mappings = "8080/tcp",
                .change = "set docker label PROMETHEUS_EXPORTER_PORT to the container port (it "
                          "maps 8080/tcp), a number from 1 to 65535"}));
  EXPECT_EQ(facts.Find("t/1", "other"), nullptr);
  EXPECT_EQ(facts.Find("t/2", "app"), nullptr);
}

TEST(ReasonFactsTest, KeepsWhatTasksHaveInCommonOnce) {
  const core::Selection selection;
  ReasonFacts facts(selection);

  facts.TaskDescribed(SomeTask("t/1"), SomeReferences());
  facts.TaskDescribed(SomeTask("t/2"), SomeReferences());

  EXPECT_EQ(facts.Find("t/1", "app"), facts.Find("t/2", "app"));
}

TEST(ReasonFactsTest, ForgetsTasksThatNobodyAsksForAnyMore) {
  const core::Selection selection;
  ReasonFacts facts(selection);
  facts.TaskDescribed(SomeTask("t/1"), SomeReferences());
  facts.TaskDescribed(SomeTask("t/2"), SomeReferences());

  ASSERT_NE(facts.Find("t/1", "app"), nullptr);
  facts.Sweep();

  EXPECT_NE(facts.Find("t/1", "app"), nullptr);
  EXPECT_EQ(facts.Find("t/2", "app"), nullptr);
}

TEST(ReasonFactsTest, TellsWhatToChangeWhereNothingElseIsKnown) {
  const core::Selection selection;
  ReasonFacts facts(selection);

  const auto change = facts.OnlyChange(core::Reason::kNoPortLabel);

  EXPECT_EQ(
      change->change,
      "to scrape it, give it docker label PROMETHEUS_EXPORTER_PORT with its container port in a "
      "new revision of the task definition");
  EXPECT_EQ(change->mode, "");
  EXPECT_EQ(facts.OnlyChange(core::Reason::kNoPortLabel), change);
}

}  // namespace
}  // namespace ecsd::app
