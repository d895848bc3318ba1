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

// The ECS calls we make. A page of a listing may be empty and still not be the last. Any thread may
// call.
class EcsClient {
 public:
  // `client` must outlive this object.
  explicit EcsClient(const Client& client) : client_(client) {}

  // Every cluster, page by page.
  [[nodiscard]] support::Result<std::vector<std::string>> ListClusters(
      const Deadline& deadline) const;
  // One page of the tasks that are to run: the first without a `token`, else the one that it stands
  // for. `cluster` is an ARN or a name, as in all calls.
  [[nodiscard]] support::Result<ArnPage> ListTasksPage(std::string_view cluster,
                                                       const std::optional<std::string>& token,
                                                       const Deadline& deadline) const;
  // Up to `most` (1 to kEcsBatch) clusters, or tasks of a cluster that are to run: the first page
  // that is not empty. A few calls however large the account is; after that many empty pages the
  // result is empty.
  [[nodiscard]] support::Result<std::vector<std::string>> ListSomeClusters(
      int most, const Deadline& deadline) const;
  [[nodiscard]] support::Result<std::vector<std::string>> ListSomeTasks(
      std::string_view cluster, int most, const Deadline& deadline) const;
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
