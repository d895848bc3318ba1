#include "core/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/records.h"

namespace ecsd::core {
namespace {

using testing::HasSubstr;

// A bridge task of service web with one container `app`, bound 8080 -> 32768, labelled `label`.
struct Scene {
  Task task;
  TaskDefinition definition;
  IpAddresses instance{"10.0.0.9", ""};

  explicit Scene(std::string label) {
    task.arn = "arn:aws:ecs:eu-west-1:1:task/prod/0123";
    task.cluster_arn = "arn:aws:ecs:eu-west-1:1:cluster/prod";
    task.group = "service:web";
    task.desired_status = "RUNNING";
    task.last_status = "RUNNING";
    task.container_instance_arn = "instance";
    task.containers = {{.arn = {},
                        .name = "app",
                        .last_status = "RUNNING",
                        .addresses = {},
                        .bindings = {{.bind_ip = "0.0.0.0",
                                      .protocol = Protocol::kTcp,
                                      .container = {8080, 8080},
                                      .host = PortRange{32768, 32768}}}}};
    definition.arn = "arn:aws:ecs:eu-west-1:1:task-definition/web:7";
    definition.network_mode = "bridge";
    definition.containers = {
        {.name = "app",
         .image = {},
         .docker_labels = {{"PROMETHEUS_EXPORTER_PORT", std::move(label)}},
         .port_mappings = {{.container = {8080, 8080}, .protocol = Protocol::kTcp}}}};
  }

  [[nodiscard]] Explanation Explain(const Selection& selection = {}) const {
    return ExplainTask(task,
                       {.definition = &definition, .instance = &instance, .instance_id = "i-0a"},
                       selection)
        .front();
  }
};

TEST(ExplainTaskTest, ShowsHowATargetWasFound) {
  const auto explanation = Scene("8080").Explain();
  EXPECT_EQ(explanation.outcome->address, "10.0.0.9:32768");
  EXPECT_EQ(explanation.cluster, "prod");
  EXPECT_EQ(explanation.service, "web");
  EXPECT_EQ(explanation.task, "0123");
  EXPECT_EQ(explanation.family, "web:7");
  EXPECT_EQ(explanation.container, "app");
  EXPECT_EQ(explanation.mode, "bridge");
  EXPECT_EQ(explanation.label, "PROMETHEUS_EXPORTER_PORT=8080");
  EXPECT_EQ(explanation.bindings, "8080->32768/tcp on 0.0.0.0");
  EXPECT_EQ(explanation.mappings, "8080/tcp");
  EXPECT_EQ(explanation.address, "10.0.0.9 (private address of i-0a)");
  EXPECT_EQ(explanation.change, "");
}

TEST(ExplainTaskTest, SaysWhatToChangeWhenTheLabelHasTheHostPort) {
  const auto explanation = Scene("32768").Explain();
  EXPECT_THAT(explanation.outcome.error().detail, HasSubstr("it must be the container port: 8080"));
  EXPECT_EQ(explanation.change,
            "make docker label PROMETHEUS_EXPORTER_PORT the container port of a mapped tcp port "
            "(it maps 8080/tcp), "
            "or add a tcp port mapping for 32768 to the task definition");
}

TEST(ExplainTaskTest, AsksForNoChangeWhereEcsOwesTheBinding) {
  Scene scene("8080");
  scene.task.containers[0].bindings.clear();
  EXPECT_THAT(scene.Explain().outcome.error().detail,
              HasSubstr("ECS has not reported the binding yet; check the ECS agent"));
  EXPECT_THAT(scene.Explain().change, HasSubstr("nothing in the task definition"));
}

TEST(ExplainTaskTest, ShowsThatAFixedHostPortStandsInForABinding) {
  Scene scene("8080");
  scene.task.containers[0].bindings.clear();
  scene.definition.containers[0].port_mappings[0].host = 18080;
  EXPECT_EQ(scene.Explain().outcome->address, "10.0.0.9:18080");
  EXPECT_EQ(scene.Explain().address,
            "10.0.0.9 (private address of i-0a); hostPort of the port mapping, for ECS has not "
            "reported the binding");
}

TEST(ExplainTaskTest, NamesEverySourceOfAnAddress) {
  Scene scene("8080");
  scene.task.containers[0].bindings[0].bind_ip = "10.7.7.7";
  EXPECT_EQ(scene.Explain().address, "10.7.7.7 (the address that the port is bound to)");
  scene.definition.network_mode = "";
  scene.task.has_network_interface = true;
  scene.task.interface_addresses = {"10.1.0.2", ""};
  EXPECT_EQ(scene.Explain().address, "10.1.0.2 (the task's network interface)");
  EXPECT_EQ(scene.Explain().mode, "awsvpc (not said; the task has a network interface)");
  scene.task.containers[0].addresses = {"", "2001:db8::1"};
  scene.task.interface_addresses = {};
  EXPECT_EQ(scene.Explain().address, "2001:db8::1 (the container's network interface)");
}

TEST(ExplainTaskTest, SaysSomethingToDoForEveryReason) {
  const auto change_of = [](const Scene& scene, const Selection& selection = {}) {
    const auto explanation = scene.Explain(selection);
    return std::string(ReasonName(explanation.outcome.error().reason)) + ": " + explanation.change;
  };
  Scene pending("8080");
  pending.task.last_status = "PENDING";
  EXPECT_THAT(change_of(pending), HasSubstr("task_not_running: nothing"));
  Scene stopped("8080");
  stopped.task.containers[0].last_status = "STOPPED";
  EXPECT_THAT(change_of(stopped), HasSubstr("container_stopped: nothing"));
  Scene injected("8080");
  injected.task.containers[0].name = "aws-guardduty-agent-x";
  EXPECT_THAT(change_of(injected), HasSubstr("no_definition: nothing"));
  Scene unlabelled("8080");
  unlabelled.definition.containers[0].docker_labels.clear();
  EXPECT_THAT(change_of(unlabelled),
              HasSubstr("PROMETHEUS_EXPORTER_PORT with its container port (it maps 8080/tcp)"));
  Selection dynamic;
  dynamic.dynamic_port_detection = true;
  EXPECT_THAT(change_of(Scene("8080"), dynamic), HasSubstr("PROMETHEUS_DYNAMIC_EXPORT=1"));
  Selection filtered;
  filtered.filter = LabelFilter{.name = "TEAM", .value = {}};
  EXPECT_THAT(
      change_of(Scene("8080"), filtered),
      HasSubstr("filtered: give it the docker label that -config.filter-label asks for (TEAM)"));
  EXPECT_THAT(change_of(Scene("http")), HasSubstr("invalid_port: set docker label"));
  Scene none("8080");
  none.definition.network_mode = "none";
  EXPECT_THAT(change_of(none), HasSubstr("no_network: use network mode"));
  Scene unattached("8080");
  unattached.definition.network_mode = "awsvpc";
  EXPECT_THAT(change_of(unattached), HasSubstr("no_address: wait"));
  Scene nowhere("8080");
  nowhere.instance = {};
  EXPECT_THAT(change_of(nowhere), HasSubstr("no_instance_address: see why"));
  Scene twice("8080");
  twice.definition.containers[0].docker_labels = {{"PROMETHEUS_DYNAMIC_EXPORT", "1"}};
  auto other = twice.task.containers[0].bindings[0];
  other.container = {9102, 9102};
  twice.task.containers[0].bindings.push_back(other);
  EXPECT_THAT(change_of(twice, dynamic), HasSubstr("ambiguous_binding: map one tcp port only"));
}

TEST(ExplainTaskTest, SaysWhyADefinitionOrAnInstanceIsNotKnown) {
  const Scene scene("8080");
  auto task = scene.task;
  task.definition_arn = "web:7";
  const auto unread = ExplainTask(task, {.why_no_definition = "access denied"}, {}).front();
  EXPECT_EQ(unread.outcome.error().detail,
            "task definition web:7 could not be read: access denied");
  EXPECT_EQ(unread.family, "web:7");
  const auto nowhere = ExplainTask(task,
                                   {.definition = &scene.definition,
                                    .instance_id = "mi-0a",
                                    .why_no_instance = "access denied"},
                                   {})
                           .front();
  EXPECT_EQ(nowhere.outcome.error().detail,
            "no private address is known for container instance mi-0a: access denied");
}

TEST(ServiceOfTest, IsThatOfATaskOfAService) {
  EXPECT_EQ(ServiceOf("service:web"), "web");
  EXPECT_EQ(ServiceOf("family:web"), "");
  EXPECT_EQ(ServiceOf(""), "");
}

TEST(ShortNameTest, IsWhatFollowsTheLastSlash) {
  EXPECT_EQ(ShortName("arn:aws:ecs:eu-west-1:1:task/prod/0123"), "0123");
  EXPECT_EQ(ShortName("prod"), "prod");
}

TEST(ExplainTaskTest, SaysWhatToChangeOfATargetThatPrometheusRefuses) {
  Scene scene("8080");
  auto& labels = scene.definition.containers.front().docker_labels;
  labels.emplace_back("PROMETHEUS_EXPORTER_SERVER_NAME", "svc.example.com:8443");
  EXPECT_EQ(scene.Explain().outcome->address, "svc.example.com:8443:32768");
  EXPECT_THAT(scene.Explain().change,
              HasSubstr("set docker label PROMETHEUS_EXPORTER_SERVER_NAME"));
  labels.back() = {"PROMETHEUS_EXPORTER_SCHEME", "https "};
  EXPECT_THAT(scene.Explain().change, HasSubstr("PROMETHEUS_EXPORTER_SCHEME"));
  labels.back().second = "https";
  EXPECT_EQ(scene.Explain().change, "");
}

}  // namespace
}  // namespace ecsd::core
