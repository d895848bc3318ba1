#include "app/possible_targets.h"

#include <fmt/core.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/target.h"
#include "discovery/cluster_scope.h"
#include "telemetry/log.h"

namespace ecsd::app {

std::size_t DropImpossible(std::vector<core::Target>& targets, const std::string& path,
                           const telemetry::Log& log) {
  std::map<std::string, std::size_t> clusters;
  const auto dropped = std::erase_if(targets, [&clusters](const core::Target& target) {
    const auto cluster = target.labels.Get(core::kClusterArnLabel);
    const bool possible = discovery::CanBeACluster(cluster);
    if (!possible) ++clusters[std::string(cluster)];
    return !possible || !discovery::CanBeAskedOf(cluster, target.labels.Get(core::kTaskArnLabel));
  });
  for (const auto& [arn, count] : clusters) {
    log.Warn(
        "targets of the existing output file are dropped: AWS cannot have a cluster of this name; "
        "check what wrote them",
        {{"file", path}, {"cluster", arn}, {"targets", count}});
  }
  return dropped;
}

}  // namespace ecsd::app
