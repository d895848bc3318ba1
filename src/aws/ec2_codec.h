#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/page.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {

// EC2's DescribeInstances as bytes (EC2 query protocol, version 2016-11-15). Pure.

// The most values that one filter may have (EC2 API Reference, DescribeInstances).
inline constexpr std::size_t kEc2Batch = 200;

using InstancePage = Page<core::Instance>;

struct InstanceQuery {
  std::span<const std::string> ids;
  std::optional<std::string> token;
  // Instances that AWS operates (ECS Managed Instances) are left out without it; some stand-ins for
  // EC2 do not know the parameter.
  bool include_managed = true;
};

// Asks by the filter `instance-id`, which leaves out what does not exist, where InstanceId.N fails
// the whole call.
[[nodiscard]] std::string EncodeDescribeInstances(const InstanceQuery& query);

// kMalformed for what is no DescribeInstancesResponse. The address of an instance is its own
// private one, else that of the interface with device index 0. An instance without id, or with an
// address that is none, is marked as malformed.
[[nodiscard]] support::Result<InstancePage> DecodeDescribeInstances(const std::string& body);

}  // namespace ecsd::aws
