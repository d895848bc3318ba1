#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/records.h"

namespace ecsd::state {

// Records as bytes (see packing.h). Equal records have equal bytes. A change of `core/records.h`
// that changes these bytes needs another schema version (state_file.h).

[[nodiscard]] std::string Encode(const core::TaskDefinition& definition);
[[nodiscard]] std::string Encode(const core::ContainerInstance& instance);
[[nodiscard]] std::string Encode(const core::Instance& instance);

// What the record is known by: its ARN, or the id of an instance.
[[nodiscard]] const std::string& KeyOf(const core::TaskDefinition& definition);
[[nodiscard]] const std::string& KeyOf(const core::ContainerInstance& instance);
[[nodiscard]] const std::string& KeyOf(const core::Instance& instance);

// The record that `bytes` are; nothing when they are none, or one that no answer of AWS can be
// decoded to: without key, with an address that is none, or a range of ports that is none.
template <typename T>
[[nodiscard]] std::optional<T> Decode(std::string_view bytes);

extern template std::optional<core::TaskDefinition> Decode(std::string_view bytes);
extern template std::optional<core::ContainerInstance> Decode(std::string_view bytes);
extern template std::optional<core::Instance> Decode(std::string_view bytes);

}  // namespace ecsd::state
