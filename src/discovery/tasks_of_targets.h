#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "core/target.h"
#include "core/task_facts.h"

namespace ecsd::discovery {

// Calls `each` with the tasks that `targets` belong to, by cluster and ARN, as tasks that were
// never described: of each its cluster's ARN, and its targets in their order as recovered ones.
// What it is given is good for its call only, and no more than one is in memory, for there may be
// 100,000.
void ForEachTaskOf(
    std::span<const core::Target> targets,
    const std::function<void(std::string_view cluster_arn, const core::TaskRecord&)>& each);

}  // namespace ecsd::discovery
