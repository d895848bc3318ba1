#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ecsd::discovery {

// Whether the ECS cluster ARN `arn` is what a user means by `wanted`: an ARN, or a name in
// `region`.
[[nodiscard]] bool IsNamed(std::string_view arn, std::string_view wanted, std::string_view region);

// Whether the task can be of the cluster, by their ARNs: partition, region and account are equal,
// and the cluster's name where the task's ARN has one. True for every task of what is no ECS
// cluster ARN.
[[nodiscard]] bool IsOfCluster(std::string_view cluster_arn, std::string_view task_arn);

// Whether DescribeTasks of the cluster can be asked for this task. ECS refuses a whole batch for
// one task of another cluster, account or region, or with an id that is none. True for every task
// of what is no ECS cluster ARN, for there nothing is asked.
[[nodiscard]] bool CanBeAskedOf(std::string_view cluster_arn, std::string_view task_arn);

// Whether AWS can have a cluster of this ARN (ECS API Reference, CreateCluster: up to 255 letters,
// digits, hyphens and underscores). True for what is no ECS cluster ARN, which says nothing.
[[nodiscard]] bool CanBeACluster(std::string_view arn);

// Why the clusters `outside` cannot be asked for here, for people: they are of another account or
// region than the clusters `inside` and `region`, or just not selected.
[[nodiscard]] std::string WhyOutside(const std::vector<std::string>& outside,
                                     const std::vector<std::string>& inside,
                                     std::string_view region);

// Known clusters that a whole listing did not have.
struct AbsentClusters {
  std::vector<std::string> to_confirm;  // DescribeClusters can say what became of them
  std::vector<std::string> outside;     // of another account or region, or no ARN at all
};

// Sorts the `known` clusters that are not `listed` (both sorted). DescribeClusters would call
// clusters of other accounts and regions missing, which says nothing; the account is that of the
// listed clusters. With none listed it is not known: then all of the region are worth asking for,
// but only the answer that a cluster is there says anything.
[[nodiscard]] AbsentClusters SortAbsent(const std::vector<std::string>& known,
                                        const std::vector<std::string>& listed,
                                        std::string_view region);

}  // namespace ecsd::discovery
