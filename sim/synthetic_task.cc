#include "sim/synthetic_task.h"

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/dice.h"
#include "sim/exporters.h"
#include "sim/json.h"
#include "sim/synthetic_definition.h"

namespace ecsd::sim {
namespace {

constexpr double kStart = 1790000000.0;

bool IsAwsvpc(const ServicePlan& service) {
  return service.placement == Placement::kFargate || service.placement == Placement::kEc2Awsvpc;
}

Json Binding(std::string_view bind_ip, std::uint16_t container_port, std::uint16_t host_port,
             std::string_view protocol) {
  return {{"bindIP", bind_ip},
          {"containerPort", container_port},
          {"hostPort", host_port},
          {"protocol", protocol}};
}

Json RangeBinding(std::uint16_t container_port, std::uint16_t first_host_port) {
  const int last_host_port = first_host_port + kPortsBefore + kPortsAfter;
  return {{"bindIP", "0.0.0.0"},
          {"protocol", "tcp"},
          {"containerPortRange",
           fmt::format("{}-{}", container_port - kPortsBefore, container_port + kPortsAfter)},
          {"hostPortRange", fmt::format("{}-{}", first_host_port, last_host_port)}};
}

// The container's bindings, and the host port at which its port answers on IPv4.
struct Bindings {
  Json list = Json::array();
  std::uint16_t host_port = 0;
};

Bindings BindPorts(const ServicePlan& service, const ContainerPlan& container, HostPlan& host) {
  Bindings out;
  if (container.port == 0) return out;
  if (container.in_range) {
    out.list.push_back(RangeBinding(container.port, host.next_port));
    out.host_port = static_cast<std::uint16_t>(host.next_port + kPortsBefore);
    host.next_port = static_cast<std::uint16_t>(host.next_port + kPortsBefore + kPortsAfter + 1);
    return out;
  }
  // The binding to find is never the first one, so that taking the first is seen to be wrong.
  if (container.beside_udp) {
    out.list.push_back(Binding("0.0.0.0", container.port, host.next_port++, "udp"));
  }
  if (service.has_ipv6_bindings) {
    out.list.push_back(Binding("::", container.port, host.next_port++, "tcp"));
  }
  out.host_port = host.next_port++;
  out.list.push_back(Binding("0.0.0.0", container.port, out.host_port, "tcp"));
  return out;
}

struct Names {
  std::string task_id;
  std::string task_arn;
  std::string cluster_arn;
  std::string definition_arn;
  std::string attachment_id;
};

Names MakeNames(const TaskPlan& plan, Dice& dice) {
  const std::string prefix = fmt::format("arn:aws:ecs:{}:{}:", plan.region, plan.account_id);
  Names names;
  names.task_id = dice.Hex(32);
  names.task_arn = fmt::format("{}task/{}/{}", prefix, plan.cluster, names.task_id);
  names.cluster_arn = fmt::format("{}cluster/{}", prefix, plan.cluster);
  names.definition_arn =
      fmt::format("{}task-definition/{}:{}", prefix, plan.service.family, plan.revision);
  names.attachment_id = dice.Uuid();
  return names;
}

Json ContainerJson(const TaskPlan& plan, const Names& names, std::string_view name, Dice& dice) {
  return {{"containerArn", fmt::format("arn:aws:ecs:{}:{}:container/{}/{}/{}", plan.region,
                                       plan.account_id, plan.cluster, names.task_id, dice.Uuid())},
          {"taskArn", names.task_arn},
          {"name", name},
          {"image", fmt::format("{}.dkr.ecr.{}.amazonaws.com/{}:v{}", plan.account_id, plan.region,
                                plan.service.family, plan.revision)},
          {"imageDigest", "sha256:" + dice.Hex(64)},
          {"runtimeId", dice.Hex(64)},
          {"lastStatus", plan.running ? "RUNNING" : "PENDING"},
          {"networkBindings", Json::array()},
          {"networkInterfaces", Json::array()},
          {"healthStatus", plan.running ? "HEALTHY" : "UNKNOWN"},
          {"managedAgents", Json::array()},
          {"cpu", "0"},
          {"memory", "512"}};
}

void Connect(const TaskPlan& plan, const Names& names, const ContainerPlan& container, Json& json,
             std::vector<Exporter>& exporters) {
  if (!plan.running) return;
  Exporter exporter{.address = plan.eni_address,
                    .port = container.port,
                    .path = container.path.empty() ? "/metrics" : container.path,
                    .cluster = std::string(plan.cluster),
                    .task = names.task_id,
                    .container = container.name};
  if (IsAwsvpc(plan.service)) {
    json["networkInterfaces"].push_back(
        {{"attachmentId", names.attachment_id}, {"privateIpv4Address", plan.eni_address}});
  } else {
    exporter.address = plan.host->address;
  }
  if (plan.service.placement == Placement::kBridge) {
    Bindings bindings = BindPorts(plan.service, container, *plan.host);
    json["networkBindings"] = bindings.list;
    exporter.port = bindings.host_port;
  }
  if (container.exported) exporters.push_back(std::move(exporter));
}

Json Containers(const TaskPlan& plan, const Names& names, Dice& dice,
                std::vector<Exporter>& exporters) {
  Json out = Json::array();
  if (plan.service.has_injected_agent) {
    out.push_back(ContainerJson(plan, names, "aws-guardduty-agent-" + dice.Hex(7), dice));
    out.back().erase("image");
    out.back()["cpu"] = "null";
  }
  for (const ContainerPlan& container : plan.service.containers) {
    Json json = ContainerJson(plan, names, container.name, dice);
    Connect(plan, names, container, json, exporters);
    out.push_back(std::move(json));
  }
  return out;
}

Json Attachments(const TaskPlan& plan, const Names& names, Dice& dice) {
  if (!IsAwsvpc(plan.service)) return Json::array();
  Json details = Json::array({{{"name", "subnetId"}, {"value", "subnet-" + dice.Hex(8)}},
                              {{"name", "networkInterfaceId"}, {"value", "eni-" + dice.Hex(17)}},
                              {{"name", "macAddress"}, {"value", "0a:58:0a:00:00:01"}}});
  if (plan.running) {
    details.push_back({{"name", "privateIPv4Address"}, {"value", plan.eni_address}});
  }
  return Json::array({{{"id", names.attachment_id},
                       {"type", "ElasticNetworkInterface"},
                       {"status", plan.running ? "ATTACHED" : "ATTACHING"},
                       {"details", details}}});
}

void AddLaunchType(const TaskPlan& plan, Json& task) {
  if (plan.host != nullptr) {
    task["launchType"] = plan.service.is_external ? "EXTERNAL" : "EC2";
    task["containerInstanceArn"] = plan.host->container_instance_arn;
    return;
  }
  task["launchType"] = "FARGATE";
  task["platformVersion"] = "1.4.0";
  task["platformFamily"] = "Linux";
  task["ephemeralStorage"] = {{"sizeInGiB", 20}};
}

}  // namespace

Json TaskJson(const TaskPlan& plan, Dice& dice, std::vector<Exporter>& exporters) {
  const Names names = MakeNames(plan, dice);
  const ServicePlan& service = plan.service;
  Json task = {
      {"attachments", Attachments(plan, names, dice)},
      {"attributes", Json::array({{{"name", "ecs.cpu-architecture"}, {"value", "x86_64"}}})},
      {"availabilityZone", fmt::format("{}{}", plan.region, "abc"[dice.Below(3)])},
      {"clusterArn", names.cluster_arn},
      {"connectivity", "CONNECTED"},
      {"connectivityAt", kStart + 0.125},
      {"containers", Containers(plan, names, dice, exporters)},
      {"cpu", "256"},
      {"createdAt", kStart},
      {"desiredStatus", "RUNNING"},
      {"enableExecuteCommand", false},
      {"group", (service.is_service ? "service:" : "family:") + service.family},
      {"healthStatus", plan.running ? "HEALTHY" : "UNKNOWN"},
      {"lastStatus", plan.running ? "RUNNING" : "PENDING"},
      {"memory", "512"},
      {"overrides",
       {{"containerOverrides", Json::array()}, {"inferenceAcceleratorOverrides", Json::array()}}},
      {"startedBy", service.is_service ? fmt::format("ecs-svc/{:019}", dice.Below(1U << 31U))
                                       : std::string("scheduler")},
      {"tags", Json::array()},
      {"taskArn", names.task_arn},
      {"taskDefinitionArn", names.definition_arn},
      {"version", plan.running ? 3 : 1}};
  if (plan.running) task["startedAt"] = kStart + 30.5;
  AddLaunchType(plan, task);
  return task;
}

}  // namespace ecsd::sim
