#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/records.h"
#include "discovery/known_state.h"

namespace ecsd::state {

// Records as bytes (see core/packing.h). Equal records have equal bytes. A change of
// `core/record_members.h` or of the records here that changes these bytes needs another schema
// version (header.h).

[[nodiscard]] std::string Encode(const core::TaskDefinition& definition);
[[nodiscard]] std::string Encode(const core::ContainerInstance& instance);
[[nodiscard]] std::string Encode(const core::Instance& instance);
[[nodiscard]] std::string Encode(const discovery::ClusterMemory& cluster);
[[nodiscard]] std::string Encode(const discovery::HeldLoss& held);
[[nodiscard]] std::string Encode(const discovery::StoredTask& task);

// What the record is known by: its ARN, or the id of an instance; of a held loss, its clusters.
[[nodiscard]] const std::string& KeyOf(const core::TaskDefinition& definition);
[[nodiscard]] const std::string& KeyOf(const core::ContainerInstance& instance);
[[nodiscard]] const std::string& KeyOf(const core::Instance& instance);
[[nodiscard]] const std::string& KeyOf(const discovery::ClusterMemory& cluster);
[[nodiscard]] const std::string& KeyOf(const discovery::HeldLoss& held);
[[nodiscard]] const std::string& KeyOf(const discovery::StoredTask& task);

// The record that `bytes` are; nothing when they are none, or one that no answer of AWS can be
// decoded to: without key, with an address that is none, a range of ports that is none, a time
// before 1970, or a recovered target without address.
template <typename T>
[[nodiscard]] std::optional<T> Decode(std::string_view bytes);

extern template std::optional<core::TaskDefinition> Decode(std::string_view bytes);
extern template std::optional<core::ContainerInstance> Decode(std::string_view bytes);
extern template std::optional<core::Instance> Decode(std::string_view bytes);
extern template std::optional<discovery::ClusterMemory> Decode(std::string_view bytes);
extern template std::optional<discovery::HeldLoss> Decode(std::string_view bytes);
extern template std::optional<discovery::StoredTask> Decode(std::string_view bytes);

}  // namespace ecsd::state
