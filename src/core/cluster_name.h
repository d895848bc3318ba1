#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ecsd::core {

// "arn:PARTITION:ecs:REGION:ACCOUNT:cluster/NAME" taken apart.
struct ClusterArn {
  std::string partition;
  std::string region;
  std::string account;
  std::string name;
  friend bool operator==(const ClusterArn&, const ClusterArn&) = default;
};

// The parts of the ARN of an ECS cluster; nothing for anything else. Partition, region and account
// are not checked, but are not empty.
[[nodiscard]] std::optional<ClusterArn> ParseClusterArn(std::string_view text);

// Whether ECS gives a cluster such a name: up to 255 letters, digits, hyphens and underscores
// (Amazon ECS API Reference, CreateCluster).
[[nodiscard]] bool IsClusterName(std::string_view name);

// The name of the cluster that `name` speaks of, if it is that of a cluster: the name itself, or
// the part of an ARN of ECS that names the cluster ("prod" of
// "arn:aws:ecs:eu-west-1:123456789012:task/prod/0123"). Empty where it can be no cluster's name,
// and for an ARN without one. A part of `name`.
[[nodiscard]] std::string_view ClusterIn(std::string_view name);

// What is wrong with the one cluster that a user names, with advice; empty when it is a name or the
// ARN of a cluster.
[[nodiscard]] std::string FlawOfCluster(std::string_view cluster);

}  // namespace ecsd::core
