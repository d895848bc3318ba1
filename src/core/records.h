#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/port.h"
#include "support/clock.h"

namespace ecsd::core {

// What we keep of the AWS APIs' answers: only what targets need. Every field of theirs is optional,
// so an empty string or nothing means "not there". Field meanings: Amazon ECS API Reference, data
// types Task, Container, TaskDefinition, ContainerInstance; EC2 API Reference, Instance.

// One entry of a container's networkBindings. A binding made from a port range has both ranges; a
// single one has ranges of one port. No `host` while ECS has not chosen the host port.
struct NetworkBinding {
  std::string bind_ip;  // empty: not said
  Protocol protocol = Protocol::kTcp;
  PortRange container;
  std::optional<PortRange> host;
  friend bool operator==(const NetworkBinding&, const NetworkBinding&) = default;
};

struct IpAddresses {
  std::string ipv4;
  std::string ipv6;

  [[nodiscard]] bool empty() const { return ipv4.empty() && ipv6.empty(); }
  friend bool operator==(const IpAddresses&, const IpAddresses&) = default;
};

struct Container {
  std::string arn;
  std::string name;
  std::string last_status;
  IpAddresses addresses;  // of its networkInterfaces
  std::vector<NetworkBinding> bindings;
  friend bool operator==(const Container&, const Container&) = default;
};

struct Task {
  std::string arn;
  std::string cluster_arn;
  std::string definition_arn;
  std::string container_instance_arn;  // empty on Fargate
  std::string group;
  std::string desired_status;
  std::string last_status;
  std::optional<std::int64_t> version;  // grows with every change of the task; moto has none
  bool disconnected = false;            // connectivity DISCONNECTED: its agent is not connected
  bool has_network_interface = false;   // an attachment that is an elastic network interface
  IpAddresses interface_addresses;      // of that attachment
  std::vector<Container> containers;
  friend bool operator==(const Task&, const Task&) = default;
};

struct PortMapping {
  PortRange container;
  Protocol protocol = Protocol::kTcp;
  // The fixed hostPort; nothing where the agent chooses it (absent or 0) or a range is mapped.
  std::optional<std::uint16_t> host = std::nullopt;
  friend bool operator==(const PortMapping&, const PortMapping&) = default;
};

struct ContainerDefinition {
  std::string name;
  std::string image;
  std::vector<std::pair<std::string, std::string>> docker_labels;
  std::vector<PortMapping> port_mappings;
  bool restarts = false;  // its restartPolicy is enabled: ECS restarts it within its task

  // The text of the docker label `label`, or null when the container has none of that name.
  [[nodiscard]] const std::string* FindLabel(std::string_view label) const {
    for (const auto& [key, value] : docker_labels) {
      if (key == label) return &value;
    }
    return nullptr;
  }
  friend bool operator==(const ContainerDefinition&, const ContainerDefinition&) = default;
};

// One revision of a task definition. Its content never changes.
struct TaskDefinition {
  std::string arn;
  std::string family;
  std::optional<std::int64_t> revision;
  std::string network_mode;  // empty: not said
  std::vector<ContainerDefinition> containers;

  [[nodiscard]] const ContainerDefinition* FindContainer(std::string_view container_name) const {
    for (const auto& container : containers) {
      if (container.name == container_name) return &container;
    }
    return nullptr;
  }
  friend bool operator==(const TaskDefinition&, const TaskDefinition&) = default;
};

struct ContainerInstance {
  std::string arn;
  std::string instance_id;  // `i-...` for EC2, `mi-...` for ECS Anywhere
  // Whether its ECS agent is connected, as of the description; true where ECS does not report it.
  bool agent_connected = true;
  friend bool operator==(const ContainerInstance&, const ContainerInstance&) = default;
};

struct Instance {
  std::string id;
  IpAddresses addresses;    // private ones
  bool terminated = false;  // EC2 describes it as terminated: it has ended and does not come back
  // The response describes it in a way that cannot be understood: `addresses` say nothing.
  bool malformed = false;
  // When Systems Manager was last asked for it (`mi-...`), whose addresses may change; nothing for
  // EC2 instances, which keep their private address for life.
  std::optional<support::SystemTime> read = std::nullopt;
  friend bool operator==(const Instance&, const Instance&) = default;
};

}  // namespace ecsd::core
