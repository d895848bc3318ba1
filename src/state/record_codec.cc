#include "state/record_codec.h"

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/packing.h"
#include "core/record_members.h"
#include "core/records.h"
#include "discovery/doubt.h"
#include "discovery/known_state.h"

// In the namespace of the records, so that the codecs find these. `T` is const when packing. Every
// member is named, so that a new one is not forgotten: this does not compile then.
namespace ecsd::discovery {

// NOLINTBEGIN(misc-use-internal-linkage): the codecs would not find them there

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, Settlement>
void Members(Codec& codec, T& settlement) {
  core::Enumeration(codec, settlement, Settlement::kUnread);
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

template <typename Codec, typename T>
  requires std::same_as<std::remove_const_t<T>, DoubtKind>
void Members(Codec& codec, T& kind) {
  core::Enumeration(codec, kind, DoubtKind::kLess);
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
  requires std::same_as<std::remove_const_t<T>, StoredTask>
void Members(Codec& codec, T& task) {
  auto& [cluster_arn, described, first_seen, settlement, restartable, doubt, record] = task;
  codec(cluster_arn);
  codec(described);
  codec(first_seen);
  codec(settlement);
  codec(restartable);
  codec(doubt);
  codec(record);
}

// NOLINTEND(misc-use-internal-linkage)

}  // namespace ecsd::discovery

namespace ecsd::state {

using core::Packer;
using core::Unpacker;
using discovery::ClusterMemory;
using discovery::HeldLoss;
using discovery::StoredTask;

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
std::string Encode(const ClusterMemory& cluster) {
  return Pack(cluster);
}
std::string Encode(const HeldLoss& held) {
  return Pack(held);
}
std::string Encode(const StoredTask& task) {
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
const std::string& KeyOf(const StoredTask& task) {
  return task.record.task.arn;
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
template std::optional<ClusterMemory> Decode(std::string_view bytes);
template std::optional<HeldLoss> Decode(std::string_view bytes);
template std::optional<StoredTask> Decode(std::string_view bytes);

}  // namespace ecsd::state
