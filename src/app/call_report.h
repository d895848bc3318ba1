#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/limiter.h"

namespace ecsd::app {

// Tells what calls a refresh made, from what the limiter counted since the refresh before. Used by
// one thread.
class CallReport {
 public:
  // "ecs_cluster_resource_read=115 ecs_task_definition_read=1", then "throttled=2" where there were
  // any; "none" without calls. Buckets of the same name are added up.
  [[nodiscard]] std::string Next(const std::vector<aws::BucketView>& views);

 private:
  std::map<std::string_view, std::uint64_t> calls_;
  std::uint64_t throttled_ = 0;
};

}  // namespace ecsd::app
