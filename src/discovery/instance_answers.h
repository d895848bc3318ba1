#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs_codec.h"
#include "core/records.h"

namespace ecsd::discovery {

// Whether `id` has the form of an id of EC2 or of ECS Anywhere: `i-` or `mi-`, then up to 17
// hexadecimal digits (EC2 User Guide, "Resource IDs").
[[nodiscard]] bool IsInstanceId(std::string_view id);

// What a response reports of the instances that it was asked for; each key is in one list.
template <typename T>
struct InstanceAnswers {
  std::vector<T> items;
  std::vector<std::string> absent;     // reported as missing, or not in the response
  std::vector<std::string> malformed;  // contradictory or not understood: as good as not read
};

// Sorts a response of DescribeContainerInstances. Malformed is an instance described twice with
// different content, described and missing, without an instance id or with an impossible one, or
// not mentioned at all. A response with instances that were not asked for is about another request,
// so that nothing in it is absent. Pure.
[[nodiscard]] InstanceAnswers<core::ContainerInstance> SortContainerInstances(
    const std::vector<std::string>& arns, aws::Described<core::ContainerInstance> answer);

// The same of the instances in a response of EC2 or Systems Manager, which leave out what they do
// not know.
[[nodiscard]] InstanceAnswers<core::Instance> SortInstances(const std::vector<std::string>& ids,
                                                            std::vector<core::Instance> answer);

}  // namespace ecsd::discovery
