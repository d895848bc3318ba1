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

using core::ContainerDefinition;
using core::ContainerInstance;
using core::Instance;
using core::IpAddresses;
using core::IpFamily;
using core::PortMapping;
using core::PortRange;
using core::Protocol;
using core::TaskDefinition;

// In the namespace of the codecs, and in none without a name, so that they find these. `T` is const
// when packing. Every member is named, so that a new one is not forgotten: this does not compile
// then.

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
  if constexpr (!std::is_const_v<T>) {
    const auto fits = [](const std::string& text, IpFamily family) {
      return text.empty() || core::FamilyOf(text) == family;
    };
    if (!fits(ipv4, IpFamily::kV4) || !fits(ipv6, IpFamily::kV6)) codec.Break();
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, PortMapping>
void Members(Codec& codec, T& mapping) {
  auto& [container, protocol] = mapping;
  codec(container);
  codec(protocol);
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
  auto& [arn, instance_id] = instance;
  codec(arn);
  codec(instance_id);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Instance>
void Members(Codec& codec, T& instance) {
  auto& [id, addresses] = instance;
  codec(id);
  codec(addresses);
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

const std::string& KeyOf(const core::TaskDefinition& definition) {
  return definition.arn;
}
const std::string& KeyOf(const core::ContainerInstance& instance) {
  return instance.arn;
}
const std::string& KeyOf(const core::Instance& instance) {
  return instance.id;
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

}  // namespace ecsd::state
