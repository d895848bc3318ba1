#include "core/random_account.h"

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/port.h"
#include "core/records.h"
#include "core/resolve.h"

namespace ecsd::core {
namespace {

constexpr std::size_t kTasks = 200;

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : dice_(seed) {}

  Account Make() {
    Account account;
    for (std::size_t i = 0; i < kTasks / 4; ++i) {
      auto definition = Definition(fmt::format("definition/web:{}", i));
      account.definitions.emplace(definition.arn, std::move(definition));
    }
    for (std::size_t i = 0; i < 8; ++i) {
      account.instances.emplace(fmt::format("instance/{}", i),
                                Instance{.id = fmt::format("i-{}", i), .addresses = Addresses(85)});
    }
    for (std::size_t i = 0; i < kTasks; ++i) account.tasks.push_back(MakeTask(account, i));
    return account;
  }

 private:
  // Never the same twice, so that an address tells whose it is.
  IpAddresses Addresses(std::size_t chance) {
    const auto number = ++addresses_;
    IpAddresses addresses;
    if (dice_.Percent(chance)) {
      addresses.ipv4 = fmt::format("10.1.{}.{}", number / 250, 1 + (number % 250));
    }
    if (dice_.Percent(40)) addresses.ipv6 = fmt::format("2001:db8::{:x}", number);
    return addresses;
  }

  Protocol AnyProtocol() {
    if (dice_.Percent(75)) return Protocol::kTcp;
    return dice_.Percent(70) ? Protocol::kUdp : Protocol::kOther;
  }

  PortMapping Mapping() {
    const auto range =
        dice_.Text({"9102-9102", "8080-8080", "8080-8080", "8081-8081", "53-53", "9100-9110"});
    return {.container = ParsePortRange(range).value(), .protocol = AnyProtocol()};
  }

  void AddLabel(ContainerDefinition& container, std::size_t chance, std::string_view name,
                std::string text) {
    if (dice_.Percent(chance)) container.docker_labels.emplace_back(name, std::move(text));
  }

  ContainerDefinition DefinitionOf(std::string name) {
    ContainerDefinition container;
    container.name = std::move(name);
    container.image = dice_.Text({"", "repo/web:1"});
    AddLabel(container, 90, "PROMETHEUS_EXPORTER_PORT",
             std::string(dice_.OneOf<PortText>(kPortTexts).first));
    AddLabel(container, 75, kDynamicLabel, dice_.Text({"1", "1", "1", "true"}));
    AddLabel(container, 60, "TEAM", dice_.Text({"a", "a=b", ""}));
    AddLabel(container, 30, "PROMETHEUS_EXPORTER_PATH", dice_.Text({"", "/m", "m?x=1"}));
    AddLabel(container, 30, "PROMETHEUS_EXPORTER_SCHEME", dice_.Text({"https", "HTTP"}));
    AddLabel(container, 30, "PROMETHEUS_EXPORTER_JOB_NAME", dice_.Text({"web", ""}));
    AddLabel(container, 15, "PROMETHEUS_EXPORTER_SERVER_NAME",
             dice_.Text({"", "//", "web.example.com/", "2001:db8::77", "[2001:db8::77]"}));
    for (auto left = dice_.Below(4); left > 0; --left) container.port_mappings.push_back(Mapping());
    return container;
  }

  TaskDefinition Definition(std::string arn) {
    TaskDefinition definition;
    definition.arn = std::move(arn);
    definition.family = dice_.Text({"web", ""});
    if (dice_.Percent(90)) definition.revision = 7;
    definition.network_mode =
        dice_.Text({"awsvpc", "awsvpc", "awsvpc", "bridge", "bridge", "bridge", "bridge", "default",
                    "host", "host", "none", "", "", "new mode"});
    for (auto left = 1 + dice_.Below(4); left > 0; --left) {
      definition.containers.push_back(DefinitionOf(fmt::format("c{}", left)));
    }
    return definition;
  }

  // A single host port or a range, from few enough numbers that two bindings often meet.
  std::optional<PortRange> HostPorts(const PortRange& container) {
    if (dice_.Percent(5)) return std::nullopt;
    const auto first = static_cast<std::uint16_t>(32768 + dice_.Below(8));
    if (container.single()) return PortRange{.first = first, .last = first};
    const auto size = dice_.Percent(85) ? container.last - container.first : 1;
    return PortRange{.first = first, .last = static_cast<std::uint16_t>(first + size)};
  }

  void Bind(const PortMapping& mapping, std::vector<NetworkBinding>& bindings) {
    NetworkBinding binding{
        .bind_ip = dice_.Text({"", "0.0.0.0", "0.0.0.0", "0.0.0.0", "::", "10.0.7.7", "10.0.7.8",
                               "fd00::7", "127.0.0.1", "::1", "no address"}),
        .protocol = mapping.protocol,
        .container = mapping.container,
        .host = HostPorts(mapping.container)};
    bindings.push_back(binding);
    if (!dice_.Percent(35)) return;
    binding.bind_ip = dice_.Text({"::", "::", "::", "0.0.0.0", "10.0.7.8", "fd00::7"});
    if (dice_.Percent(60)) binding.host = HostPorts(mapping.container);
    bindings.push_back(std::move(binding));
  }

  Container MakeContainer(const Task& task, std::string name, bool has_addresses,
                          const ContainerDefinition* definition) {
    Container container{.arn = fmt::format("{}/{}", task.arn, name),
                        .name = std::move(name),
                        .last_status = dice_.Text({"RUNNING", "RUNNING", "RUNNING", "RUNNING",
                                                   "RUNNING", "RUNNING", "PENDING", "", "STOPPED"}),
                        .addresses = {},
                        .bindings = {}};
    if (has_addresses && dice_.Percent(70)) container.addresses = Addresses(70);
    if (definition == nullptr) return container;
    for (const auto& mapping : definition->port_mappings) {
      if (dice_.Percent(90)) Bind(mapping, container.bindings);
    }
    return container;
  }

  Task MakeTask(const Account& account, std::size_t number) {
    Task task;
    task.arn = fmt::format("task/{}", number);
    task.cluster_arn = dice_.Text({"cluster/a", "cluster/b"});
    task.definition_arn = dice_.Percent(4)
                              ? dice_.Text({"", "definition/gone:1"})
                              : fmt::format("definition/web:{}", dice_.Below(kTasks / 4));
    if (dice_.Percent(92)) task.container_instance_arn = fmt::format("instance/{}", dice_.Below(9));
    task.group = dice_.Text({"service:web", "family:web", ""});
    task.desired_status = dice_.Percent(95) ? "RUNNING" : dice_.Text({"STOPPED", ""});
    task.last_status = dice_.Percent(92)
                           ? dice_.Text({"RUNNING", "RUNNING", "ACTIVATING"})
                           : dice_.Text({"PENDING", "PROVISIONING", "STOPPED", "", "NEW STATUS"});
    const auto* definition = account.ReferencesOf(task).definition;
    const bool is_awsvpc = definition != nullptr && definition->network_mode == "awsvpc";
    task.has_network_interface = dice_.Percent(is_awsvpc ? 90 : 30);
    if (task.has_network_interface) task.interface_addresses = Addresses(60);
    if (definition != nullptr) {
      for (const auto& container : definition->containers) {
        if (!dice_.Percent(92)) continue;
        task.containers.push_back(
            MakeContainer(task, container.name, task.has_network_interface, &container));
      }
    }
    if (definition == nullptr || dice_.Percent(10)) {
      task.containers.push_back(
          MakeContainer(task, "ecs-service-connect-x", task.has_network_interface, nullptr));
    }
    return task;
  }

  Dice dice_;
  std::size_t addresses_ = 0;
};

}  // namespace

Account RandomAccount(std::uint64_t seed) {
  return Generator(seed).Make();
}

Account Shuffled(Account account, Dice& dice) {
  dice.Shuffle(account.tasks);
  for (auto& task : account.tasks) {
    dice.Shuffle(task.containers);
    for (auto& container : task.containers) dice.Shuffle(container.bindings);
  }
  for (auto& [arn, definition] : account.definitions) {
    dice.Shuffle(definition.containers);
    for (auto& container : definition.containers) {
      dice.Shuffle(container.docker_labels);
      dice.Shuffle(container.port_mappings);
    }
  }
  return account;
}

}  // namespace ecsd::core
