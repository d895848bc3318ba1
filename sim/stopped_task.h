#pragma once

#include <string>

#include "sim/account.h"

namespace ecsd::sim {

// `json`, the description of `task` as it was while it ran, as ECS describes it once it has
// stopped: both statuses and all containers STOPPED, the ENI deleted, when and why it stopped, and
// the next version if it has one. Its addresses stay.
[[nodiscard]] std::string DescribeStopped(const Task& task, const std::string& json);

}  // namespace ecsd::sim
