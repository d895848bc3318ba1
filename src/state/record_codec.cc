#include "state/record_codec.h"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/ip_address.h"
#include "core/port.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/skip.h"
#include "core/target.h"
#include "discovery/doubt.h"
#include "discovery/known_state.h"
#include "state/packing.h"
#include "support/clock.h"

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
using discovery::ClusterMemory;
using discovery::ContainerOutcome;
using discovery::DoubtKind;
using discovery::HeldLoss;
using discovery::RecordedDoubt;
using discovery::Settlement;
using discovery::TaskOutcome;

// In the namespace of the codecs, and in none without a name, so that they find these. `T` is const
// when packing. Every member is named, so that a new one is not forgotten: this does not compile
// then.

// NOLINTBEGIN(misc-use-internal-linkage): the codecs would not find them there

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

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Protocol>
void Members(Codec& codec, T& protocol) {
  Enumeration(codec, protocol, Protocol::kOther);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Settlement>
void Members(Codec& codec, T& settlement) {
  Enumeration(codec, settlement, Settlement::kUnread);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, core::Reason>
void Members(Codec& codec, T& reason) {
  Enumeration(codec, reason, static_cast<core::Reason>(core::kReasonCount - 1));
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
  requires std::same_as<std::remove_const_t<T>, ClusterMemory>
void Members(Codec& codec, T& cluster) {
  auto& [arn, last_good] = cluster;
  codec(arn);
  codec(last_good);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, HeldLoss>
void Members(Codec& codec, T& held) {
  auto& [clusters, before, refreshes] = held;
  codec(clusters);
  codec(before);
  codec(refreshes);
}

// What a target repeats of its task and container is not written, and made again by Complete.
template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, core::Target>
void Members(Codec& codec, T& target) {
  auto& [address, task_arn, task_name, job, task_revision, task_group, cluster_arn, container_name,
         container_arn, docker_image, metrics_path, scheme] = target;
  for (auto* text : {&address, &task_name, &job, &task_revision, &cluster_arn, &docker_image,
                     &metrics_path, &scheme}) {
    codec(*text);
  }
  if constexpr (!std::is_const_v<T>) {
    if (address.empty()) codec.Break();
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, core::Skip>
void Members(Codec& codec, T& skip) {
  auto& [reason, detail] = skip;
  codec(reason);
  codec(detail);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, ContainerOutcome>
void Members(Codec& codec, T& container) {
  auto& [name, arn, outcome] = container;
  codec(name);
  codec(arn);
  bool is_target = outcome.has_value();
  codec(is_target);
  if constexpr (!std::is_const_v<T>) {
    if (!is_target) outcome = core::SkipBecause(core::Reason{}, {});
  }
  if (is_target) {
    codec(*outcome);
  } else {
    codec(outcome.error());
  }
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, DoubtKind>
void Members(Codec& codec, T& kind) {
  Enumeration(codec, kind, DoubtKind::kLess);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, RecordedDoubt>
void Members(Codec& codec, T& doubt) {
  auto& [kind, since, version] = doubt;
  codec(kind);
  codec(since);
  codec(version);
}

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, TaskOutcome>
void Members(Codec& codec, T& task) {
  auto& [arn, cluster_arn, group, family, revision, described, first_seen, settlement, restartable,
         version, doubt, containers] = task;
  for (auto* text : {&arn, &cluster_arn, &group, &family, &revision}) codec(*text);
  codec(described);
  codec(first_seen);
  codec(settlement);
  codec(restartable);
  codec(version);
  codec(doubt);
  codec(containers);
}
// NOLINTEND(misc-use-internal-linkage)

namespace {

// Makes again what was not written because other parts of the record have it.
template <typename T>
void Complete(T& /*record*/) {}

void Complete(TaskOutcome& task) {
  for (auto& container : task.containers) {
    if (!container.outcome) continue;
    container.outcome->task_arn = task.arn;
    container.outcome->task_group = task.group;
    container.outcome->container_name = container.name;
    container.outcome->container_arn = container.arn;
  }
}

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
std::string Encode(const ClusterMemory& cluster) {
  return Pack(cluster);
}
std::string Encode(const HeldLoss& held) {
  return Pack(held);
}
std::string Encode(const TaskOutcome& task) {
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
const std::string& KeyOf(const ClusterMemory& cluster) {
  return cluster.arn;
}
const std::string& KeyOf(const HeldLoss& held) {
  return held.clusters;
}
const std::string& KeyOf(const TaskOutcome& task) {
  return task.arn;
}

template <typename T>
std::optional<T> Decode(std::string_view bytes) {
  T record;
  Unpacker unpacker(bytes);
  unpacker(record);
  if (!unpacker.whole() || KeyOf(record).empty()) return std::nullopt;
  Complete(record);
  return record;
}

template std::optional<core::TaskDefinition> Decode(std::string_view bytes);
template std::optional<core::ContainerInstance> Decode(std::string_view bytes);
template std::optional<core::Instance> Decode(std::string_view bytes);
template std::optional<ClusterMemory> Decode(std::string_view bytes);
template std::optional<HeldLoss> Decode(std::string_view bytes);
template std::optional<TaskOutcome> Decode(std::string_view bytes);

}  // namespace ecsd::state
