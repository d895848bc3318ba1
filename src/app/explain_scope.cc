#include "app/explain_scope.h"

#include <algorithm>
#include <string>
#include <vector>

#include "aws/credentials.h"
#include "aws/ecs_client.h"
#include "aws/ecs_codec.h"
#include "config/options.h"
#include "core/cluster_name.h"
#include "core/explain.h"

namespace ecsd::app {

std::vector<std::string> ClustersToRead(const config::Options& options, const aws::EcsClient& ecs,
                                        const aws::Deadline& deadline) {
  std::vector<std::string> all = {options.cluster};
  if (!options.cluster.empty() || options.names.empty()) return all;
  std::vector<std::string> wanted;
  wanted.reserve(options.names.size());
  for (const auto& name : options.names) wanted.emplace_back(core::ClusterIn(name));
  std::ranges::sort(wanted);
  const auto same = std::ranges::unique(wanted);
  wanted.erase(same.begin(), same.end());
  if (wanted.front().empty() || wanted.size() > aws::kEcsBatch) return all;
  const auto described = ecs.DescribeClusters(wanted, deadline);
  if (!described) return all;
  const auto exists = [&](const std::string& name) {
    return std::ranges::any_of(described->items, [&](const aws::Cluster& cluster) {
      return core::ShortName(cluster.arn) == name && cluster.status != "INACTIVE";
    });
  };
  return std::ranges::all_of(wanted, exists) ? wanted : all;
}

}  // namespace ecsd::app
