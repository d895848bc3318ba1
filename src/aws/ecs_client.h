#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/ecs_codec.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {

// The ECS calls we make. Listings follow every page; a page may be empty and still not be the last.
// Any thread may call.
class EcsClient {
 public:
  // `client` must outlive this object.
  explicit EcsClient(const Client& client) : client_(client) {}

  [[nodiscard]] support::Result<std::vector<std::string>> ListClusters(
      const Deadline& deadline) const;
  // The tasks that are to run; `cluster` is an ARN or a name, as in all calls.
  [[nodiscard]] support::Result<std::vector<std::string>> ListTasks(std::string_view cluster,
                                                                    const Deadline& deadline) const;
  // One page of the same listing: the first without a `token`, else the one that it stands for.
  [[nodiscard]] support::Result<ArnPage> ListTasksPage(std::string_view cluster,
                                                       const std::optional<std::string>& token,
                                                       const Deadline& deadline) const;
  [[nodiscard]] support::Result<Described<Cluster>> DescribeClusters(
      std::span<const std::string> clusters, const Deadline& deadline) const;
  // Requires: 1 to kEcsBatch ARNs.
  [[nodiscard]] support::Result<Described<core::Task>> DescribeTasks(
      std::string_view cluster, std::span<const std::string> arns, const Deadline& deadline) const;
  [[nodiscard]] support::Result<core::TaskDefinition> DescribeTaskDefinition(
      const std::string& arn, const Deadline& deadline) const;
  // Requires: 1 to kEcsBatch ARNs.
  [[nodiscard]] support::Result<Described<core::ContainerInstance>> DescribeContainerInstances(
      std::string_view cluster, std::span<const std::string> arns, const Deadline& deadline) const;

 private:
  const Client& client_;
};

}  // namespace ecsd::aws
