#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"
#include "discovery/sorted_answer.h"

namespace ecsd::discovery {

// Whether `id` has the form of an id of EC2 or of ECS Anywhere: `i-` or `mi-`, then up to 17
// hexadecimal digits (EC2 User Guide, "Resource IDs").
[[nodiscard]] bool IsInstanceId(std::string_view id);

// Sorts a response of DescribeContainerInstances. A response with instances that were not asked for
// is about another request, so that nothing in it is missing; what it says is missing is
// unanswered. Pure.
[[nodiscard]] SortedAnswer<core::ContainerInstance> SortContainerInstances(
    const std::vector<std::string>& arns, aws::Described<core::ContainerInstance> answer);

// The same of the instances in a response of EC2 or Systems Manager, which leave out what they do
// not know. A malformed instance is unanswered. Pure.
[[nodiscard]] SortedAnswer<core::Instance> SortInstances(const std::vector<std::string>& ids,
                                                         std::vector<core::Instance> answer);

}  // namespace ecsd::discovery
