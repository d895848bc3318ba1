#pragma once

#include <optional>

#include "aws/json_object.h"
#include "core/records.h"

namespace ecsd::aws {

// Single objects of the ECS API as records. Nothing when the object is not well formed or has no
// ARN.
[[nodiscard]] std::optional<core::Task> ReadTask(simdjson::dom::element element);
[[nodiscard]] std::optional<core::TaskDefinition> ReadTaskDefinition(
    simdjson::dom::element element);
[[nodiscard]] std::optional<core::ContainerInstance> ReadContainerInstance(
    simdjson::dom::element element);

}  // namespace ecsd::aws
