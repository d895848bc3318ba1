#include "state/record_codec.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/ip_address.h"
#include "core/port.h"
#include "core/records.h"
#include "state/packing.h"

namespace ecsd::state {

using core::Container;
using core::ContainerDefinition;
using core::ContainerInstance;
using core::Instance;
using core::IpAddresses;
using core::IpFamily;
using core::NetworkBinding;
using core::PortMapping;
using core::PortRange;
using core::Protocol;
using core::Task;
using core::TaskDefinition;

// In the namespace of the codecs, and in none without a name, so that they find these. `T` is const
// when packing.

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Protocol>
void Members(Codec& codec, T& protocol) {
  auto number = static_cast<std::uint64_t>(protocol);
  codec(number);
  if constexpr (!std::is_const_v<T>) {
    if (number > static_cast<std::uint64_t>(Protocol::kOther)) return codec.Break();
    protocol = static_cast<Protocol>(number);
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, PortRange>
void Members(Codec& codec, T& range) {
  codec(range.first);
  codec(range.last);
  if constexpr (!std::is_const_v<T>) {
    if (range.first < 1 || range.first > range.last) codec.Break();
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, IpAddresses>
void Members(Codec& codec, T& addresses) {
  codec(addresses.ipv4);
  codec(addresses.ipv6);
  if constexpr (!std::is_const_v<T>) {
    const auto fits = [](const std::string& text, IpFamily family) {
      return text.empty() || core::FamilyOf(text) == family;
    };
    if (!fits(addresses.ipv4, IpFamily::kV4) || !fits(addresses.ipv6, IpFamily::kV6)) codec.Break();
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, NetworkBinding>
void Members(Codec& codec, T& binding) {
  codec(binding.bind_ip);
  codec(binding.protocol);
  codec(binding.container);
  codec(binding.host);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Container>
void Members(Codec& codec, T& container) {
  codec(container.arn);
  codec(container.name);
  codec(container.last_status);
  codec(container.addresses);
  codec(container.bindings);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Task>
void Members(Codec& codec, T& task) {
  codec(task.arn);
  codec(task.cluster_arn);
  codec(task.definition_arn);
  codec(task.container_instance_arn);
  codec(task.group);
  codec(task.desired_status);
  codec(task.last_status);
  codec(task.has_network_interface);
  codec(task.interface_addresses);
  codec(task.containers);
  if constexpr (!std::is_const_v<T>) {
    if (!task.has_network_interface && !task.interface_addresses.empty()) codec.Break();
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, PortMapping>
void Members(Codec& codec, T& mapping) {
  codec(mapping.container);
  codec(mapping.protocol);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, ContainerDefinition>
void Members(Codec& codec, T& container) {
  codec(container.name);
  codec(container.image);
  codec(container.docker_labels);
  codec(container.port_mappings);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, TaskDefinition>
void Members(Codec& codec, T& definition) {
  codec(definition.arn);
  codec(definition.family);
  codec(definition.revision);
  codec(definition.network_mode);
  codec(definition.containers);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, ContainerInstance>
void Members(Codec& codec, T& instance) {
  codec(instance.arn);
  codec(instance.instance_id);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Instance>
void Members(Codec& codec, T& instance) {
  codec(instance.id);
  codec(instance.addresses);
}

namespace {

template <typename T>
std::string Pack(const T& record) {
  Packer packer;
  packer(record);
  return packer.Take();
}

}  // namespace

std::string Encode(const core::TaskDefinition& definition) {
  return Pack(definition);
}
std::string Encode(const core::ContainerInstance& instance) {
  return Pack(instance);
}
std::string Encode(const core::Instance& instance) {
  return Pack(instance);
}
std::string Encode(const core::Task& task) {
  return Pack(task);
}

const std::string& KeyOf(const core::TaskDefinition& definition) {
  return definition.arn;
}
const std::string& KeyOf(const core::ContainerInstance& instance) {
  return instance.arn;
}
const std::string& KeyOf(const core::Instance& instance) {
  return instance.id;
}
const std::string& KeyOf(const core::Task& task) {
  return task.arn;
}

template <typename T>
std::optional<T> Decode(std::string_view bytes) {
  T record;
  Unpacker unpacker(bytes);
  unpacker(record);
  if (!unpacker.whole() || KeyOf(record).empty()) return std::nullopt;
  return record;
}

template std::optional<core::TaskDefinition> Decode(std::string_view bytes);
template std::optional<core::ContainerInstance> Decode(std::string_view bytes);
template std::optional<core::Instance> Decode(std::string_view bytes);
template std::optional<core::Task> Decode(std::string_view bytes);

}  // namespace ecsd::state
