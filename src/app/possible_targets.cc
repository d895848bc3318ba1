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
    const bool possible = discovery::CanBeACluster(target.cluster_arn);
    if (!possible) ++clusters[target.cluster_arn];
    return !possible || !discovery::CanBeAskedOf(target.cluster_arn, target.task_arn);
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
