#pragma once

#include <string>
#include <vector>

#include "aws/credentials.h"
#include "aws/ecs_client.h"
#include "config/options.h"

namespace ecsd::app {

// The clusters that `explain` has to read, each as a selection of its own: that of -config.cluster;
// else those of the names, where each of them is that of a cluster, or an ARN that has its cluster
// in it; else "", which is every cluster. Asks ECS whether clusters of these names exist; where it
// does not say so, every cluster is read.
[[nodiscard]] std::vector<std::string> ClustersToRead(const config::Options& options,
                                                      const aws::EcsClient& ecs,
                                                      const aws::Deadline& deadline);

}  // namespace ecsd::app
