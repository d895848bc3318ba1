#include "aws/ecs_records.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aws/json_object.h"
#include "core/ip_address.h"
#include "core/port.h"
#include "core/records.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using core::IpAddresses;
using core::IpFamily;
using core::PortRange;
using core::Protocol;
using simdjson::dom::element;

// Absent means tcp (API Reference, PortMapping and NetworkBinding).
Protocol ReadProtocol(std::string_view text) {
  if (text.empty()) return Protocol::kTcp;
  const auto name = support::ToLower(text);
  if (name == "tcp") return Protocol::kTcp;
  return name == "udp" ? Protocol::kUdp : Protocol::kOther;
}

// A range where there is one, else a single port; each has members of its own.
std::optional<PortRange> ReadPorts(const std::string& range, std::optional<std::int64_t> port) {
  if (!range.empty()) return core::ParsePortRange(range);
  return port ? core::SinglePort(*port) : std::nullopt;
}

// Keeps the first address of the family; what is no address is as good as none.
void KeepFirst(IpFamily family, std::string text, std::string& kept) {
  if (kept.empty() && core::FamilyOf(text) == family) kept = std::move(text);
}

void ReadInterface(JsonObject& interface, IpAddresses& addresses) {
  KeepFirst(IpFamily::kV4, interface.Text("privateIpv4Address"), addresses.ipv4);
  KeepFirst(IpFamily::kV6, interface.Text("ipv6Address"), addresses.ipv6);
}

std::optional<core::NetworkBinding> ReadBinding(JsonObject& object) {
  const auto container =
      ReadPorts(object.Text("containerPortRange"), object.Number("containerPort"));
  auto host = ReadPorts(object.Text("hostPortRange"), object.Number("hostPort"));
  core::NetworkBinding binding{.bind_ip = object.Text("bindIP"),
                               .protocol = ReadProtocol(object.Text("protocol")),
                               .container = {},
                               .host = host};
  if (!container) return std::nullopt;
  binding.container = *container;
  return binding;
}

core::Container ReadContainer(JsonObject& object) {
  core::Container container{.arn = object.Text("containerArn"),
                            .name = object.Text("name"),
                            .last_status = object.Text("lastStatus"),
                            .addresses = {},
                            .bindings = {}};
  object.ForEach("networkInterfaces", [&](element entry) {
    JsonObject interface(entry);
    ReadInterface(interface, container.addresses);
    object.Require(interface.well_formed());
  });
  object.ForEach("networkBindings", [&](element entry) {
    JsonObject member(entry);
    if (auto binding = ReadBinding(member)) container.bindings.push_back(*std::move(binding));
    object.Require(member.well_formed());
  });
  return container;
}

// Attachments are of many types (EBS volumes, Service Connect); only network interfaces have
// addresses. The API calls that type ElasticNetworkInterface, events call it eni.
void ReadAttachment(JsonObject& attachment, core::Task& task) {
  const auto type = attachment.Text("type");
  if (type != "ElasticNetworkInterface" && type != "eni") return;
  task.has_network_interface = true;
  attachment.ForEach("details", [&](element entry) {
    JsonObject detail(entry);
    const auto name = detail.Text("name");
    auto value = detail.Text("value");
    auto& addresses = task.interface_addresses;
    if (name == "privateIPv4Address") {
      KeepFirst(IpFamily::kV4, std::move(value), addresses.ipv4);
    } else if (name == "ipv6Address") {
      KeepFirst(IpFamily::kV6, std::move(value), addresses.ipv6);
    }
    attachment.Require(detail.well_formed());
  });
}

// 0 lets the agent choose, and a range has no fixed ports (API Reference, PortMapping).
std::optional<std::uint16_t> ReadFixedHostPort(JsonObject& mapping) {
  const auto number = mapping.Number("hostPort");
  if (!number || !mapping.Text("containerPortRange").empty()) return std::nullopt;
  const auto port = core::SinglePort(*number);
  return port ? std::optional(port->first) : std::nullopt;
}

core::ContainerDefinition ReadContainerDefinition(JsonObject& object) {
  core::ContainerDefinition definition{.name = object.Text("name"),
                                       .image = object.Text("image"),
                                       .docker_labels = {},
                                       .port_mappings = {}};
  object.ForEachText("dockerLabels", [&](std::string_view name, std::string_view text) {
    definition.docker_labels.emplace_back(name, text);
  });
  object.ForEach("portMappings", [&](element entry) {
    JsonObject mapping(entry);
    const auto ports =
        ReadPorts(mapping.Text("containerPortRange"), mapping.Number("containerPort"));
    const auto protocol = ReadProtocol(mapping.Text("protocol"));
    const auto host = ReadFixedHostPort(mapping);
    if (ports) definition.port_mappings.push_back({*ports, protocol, host});
    object.Require(mapping.well_formed());
  });
  if (const auto policy = object.Find("restartPolicy")) {
    JsonObject restart(*policy);
    definition.restarts = restart.Flag("enabled");
    object.Require(restart.well_formed());
  }
  return definition;
}

}  // namespace

std::optional<core::Task> ReadTask(element element_of_task) {
  JsonObject object(element_of_task);
  core::Task task{.arn = object.Text("taskArn"),
                  .cluster_arn = object.Text("clusterArn"),
                  .definition_arn = object.Text("taskDefinitionArn"),
                  .container_instance_arn = object.Text("containerInstanceArn"),
                  .group = object.Text("group"),
                  .desired_status = object.Text("desiredStatus"),
                  .last_status = object.Text("lastStatus"),
                  .version = object.Number("version"),
                  .disconnected = object.Text("connectivity") == "DISCONNECTED",
                  .has_network_interface = false,
                  .interface_addresses = {},
                  .containers = {}};
  object.ForEach("attachments", [&](element entry) {
    JsonObject attachment(entry);
    ReadAttachment(attachment, task);
    object.Require(attachment.well_formed());
  });
  object.ForEach("containers", [&](element entry) {
    JsonObject container(entry);
    task.containers.push_back(ReadContainer(container));
    // moto has the ARN of the task definition here.
    const auto of_task = container.Text("taskArn");
    const bool of_another = of_task.find(":task/") != std::string::npos && of_task != task.arn;
    object.Require(container.well_formed() && !of_another);
  });
  if (!object.well_formed() || task.arn.empty()) return std::nullopt;
  return task;
}

std::optional<core::TaskDefinition> ReadTaskDefinition(element element_of_definition) {
  JsonObject object(element_of_definition);
  core::TaskDefinition definition{.arn = object.Text("taskDefinitionArn"),
                                  .family = object.Text("family"),
                                  .revision = object.Number("revision"),
                                  .network_mode = object.Text("networkMode"),
                                  .containers = {}};
  object.ForEach("containerDefinitions", [&](element entry) {
    JsonObject container(entry);
    definition.containers.push_back(ReadContainerDefinition(container));
    object.Require(container.well_formed());
  });
  if (!object.well_formed() || definition.arn.empty()) return std::nullopt;
  return definition;
}

std::optional<core::ContainerInstance> ReadContainerInstance(element element_of_instance) {
  JsonObject object(element_of_instance);
  core::ContainerInstance instance{
      .arn = object.Text("containerInstanceArn"),
      .instance_id = object.Text("ec2InstanceId"),
      .agent_connected = !object.Find("agentConnected") || object.Flag("agentConnected")};
  if (!object.well_formed() || instance.arn.empty()) return std::nullopt;
  return instance;
}

}  // namespace ecsd::aws
