#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/ip_address.h"
#include "core/label_set.h"
#include "core/packing.h"
#include "core/port.h"
#include "core/records.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "support/clock.h"

namespace ecsd::core {

// The records of AWS for Packer and Unpacker, member by member. `T` is const when packing. Every
// member is named, so that a new one is not forgotten: this does not compile then. What no answer
// of AWS can be decoded to breaks an Unpacker.

// An enumeration whose last value is `last`.
template <typename Codec, typename T>
void Enumeration(Codec& codec, T& value, std::remove_const_t<T> last) {
  auto number = static_cast<std::uint64_t>(value);
  codec(number);
  if constexpr (!std::is_const_v<T>) {
    if (number > static_cast<std::uint64_t>(last)) {
      codec.Break();
    } else {
      value = static_cast<T>(number);
    }
  }
}

// A text that is nearly always `usual`, which takes one byte then.
template <typename Codec, typename T>
void UsualText(Codec& codec, T& text, std::string_view usual) {
  bool is_usual = text == usual;
  codec(is_usual);
  if (!is_usual) {
    codec(text);
  } else if constexpr (!std::is_const_v<T>) {
    text = usual;
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Protocol>
void Members(Codec& codec, T& protocol) {
  Enumeration(codec, protocol, Protocol::kOther);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, support::SystemTime>
void Members(Codec& codec, T& time) {
  std::int64_t count = time.time_since_epoch().count();
  codec(count);
  if constexpr (!std::is_const_v<T>) {
    if (count < 0) codec.Break();
    time = support::SystemTime(support::SystemTime::duration(count));
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, PortRange>
void Members(Codec& codec, T& range) {
  auto& [first, last] = range;
  codec(first);
  codec(last);
  if constexpr (!std::is_const_v<T>) {
    if (first < 1 || first > last) codec.Break();
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, IpAddresses>
void Members(Codec& codec, T& addresses) {
  auto& [ipv4, ipv6] = addresses;
  codec(ipv4);
  codec(ipv6);
  if constexpr (Codec::kDoubts) {
    const auto fits = [](const std::string& text, IpFamily family) {
      return text.empty() || FamilyOf(text) == family;
    };
    if (!fits(ipv4, IpFamily::kV4) || !fits(ipv6, IpFamily::kV6)) codec.Break();
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, PortMapping>
void Members(Codec& codec, T& mapping) {
  auto& [container, protocol, host] = mapping;
  codec(container);
  codec(protocol);
  codec(host);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, ContainerDefinition>
void Members(Codec& codec, T& container) {
  auto& [name, image, docker_labels, port_mappings, restarts] = container;
  codec(name);
  codec(image);
  codec(docker_labels);
  codec(port_mappings);
  codec(restarts);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, TaskDefinition>
void Members(Codec& codec, T& definition) {
  auto& [arn, family, revision, network_mode, containers] = definition;
  codec(arn);
  codec(family);
  codec(revision);
  codec(network_mode);
  codec(containers);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, ContainerInstance>
void Members(Codec& codec, T& instance) {
  // agent_connected is news of one response, and is not kept.
  auto& [arn, instance_id, agent_connected] = instance;
  codec(arn);
  codec(instance_id);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Instance>
void Members(Codec& codec, T& instance) {
  // The others are news of one response, and are not kept.
  auto& [id, addresses, terminated, malformed, read] = instance;
  codec(id);
  codec(addresses);
  codec(read);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, NetworkBinding>
void Members(Codec& codec, T& binding) {
  auto& [bind_ip, protocol, container, host] = binding;
  UsualText(codec, bind_ip, "0.0.0.0");
  codec(protocol);
  codec(container);
  codec(host);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Container>
void Members(Codec& codec, T& container) {
  auto& [arn, name, last_status, addresses, bindings] = container;
  codec(arn);
  codec(name);
  UsualText(codec, last_status, "RUNNING");
  codec(addresses);
  codec(bindings);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Task>
void Members(Codec& codec, T& task) {
  auto& [arn, cluster_arn, definition_arn, container_instance_arn, group, desired_status,
         last_status, version, disconnected, has_network_interface, interface_addresses,
         containers] = task;
  codec(arn);
  codec(cluster_arn);
  codec(definition_arn);
  codec(container_instance_arn);
  codec(group);
  UsualText(codec, desired_status, "RUNNING");
  UsualText(codec, last_status, "RUNNING");
  codec(version);
  codec(disconnected);
  codec(has_network_interface);
  codec(interface_addresses);
  codec(containers);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, LabelSet>
void Members(Codec& codec, T& labels) {
  if constexpr (std::is_const_v<T>) {
    codec(std::uint64_t{labels.size()});
    for (const auto& [name, value] : labels) {
      codec(name);
      codec(value);
    }
  } else {
    std::vector<std::pair<std::string, std::string>> texts;
    codec(texts);
    labels.Clear();
    for (const auto& [name, value] : texts) labels.Set(name, value);
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Target>
void Members(Codec& codec, T& target) {
  auto& [address, labels] = target;
  codec(address);
  codec(labels);
  if constexpr (!std::is_const_v<T>) {
    if (address.empty()) codec.Break();
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, TaskRecord>
void Members(Codec& codec, T& record) {
  auto& [task, why_no_definition, why_no_instance, recovered] = record;
  codec(task);
  codec(why_no_definition);
  codec(why_no_instance);
  codec(recovered);
}

}  // namespace ecsd::core
