#pragma once

#include <string_view>

namespace ecsd::aws {

// The partition of a region as ARNs name it: "aws-cn" of "cn-north-1"; an unknown region is taken
// to be of partition aws. In endpoint.cc, with all else that depends on the partition.
[[nodiscard]] std::string_view PartitionOf(std::string_view region);

}  // namespace ecsd::aws
