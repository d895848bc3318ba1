#pragma once

#include <optional>
#include <string_view>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/paging.h"

namespace ecsd::sim {

// Whether SSM has this operation here.
[[nodiscard]] bool IsSsmOperation(std::string_view operation);

// DescribeInstanceInformation by Filters (InstanceIds, PingStatus, ResourceType) or of all managed
// instances. SerializationException when `body` is no JSON object. `twist` is a fault that changes
// what a right answer says; other kinds are ignored here.
[[nodiscard]] ApiResult DescribeInstanceInformation(std::string_view body, const Account& account,
                                                    const PagingRules& paging,
                                                    std::optional<FaultKind> twist);

}  // namespace ecsd::sim
