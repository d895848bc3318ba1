#pragma once

#include <string_view>

#include "aws/endpoint.h"

namespace ecsd::aws {

// A token bucket as AWS publishes it. All actions of one bucket draw from it together, and so does
// everybody else who calls the same account in the same region: the console, deploy tools.
struct CallLimit {
  std::string_view bucket;  // for people and metrics: "ecs_cluster_resource_read"
  double burst = 0;         // tokens it holds when full
  double per_second = 0;    // tokens it gains
  friend bool operator==(const CallLimit&, const CallLimit&) = default;
};

// The bucket that a call draws from. ECS: Amazon ECS API Reference, "Request throttling"; EC2:
// Amazon EC2 Developer Guide, "Request throttling"; STS: IAM User Guide, "IAM and STS quotas".
// For an action whose limit is not published, a bucket of its service, as large as the smallest
// published one for reading.
[[nodiscard]] CallLimit LimitOf(const Service& service, std::string_view action);

}  // namespace ecsd::aws
