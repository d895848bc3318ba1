#include "sim/call_buckets.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "sim/answer.h"
#include "support/mutex.h"

namespace ecsd::sim {
namespace {

struct Bucket {
  std::string_view name;
  double burst = 0;
  double per_second = 0;
};

struct Rule {
  Protocol protocol = Protocol::kEcs;
  std::string_view operation;
  Bucket bucket;
};

constexpr Bucket kClusterRead{.name = "cluster read", .burst = 50, .per_second = 20};
constexpr Bucket kResourceRead{.name = "cluster resource read", .burst = 100, .per_second = 20};
constexpr Bucket kServiceRead{.name = "service read", .burst = 100, .per_second = 20};
constexpr Bucket kDefinitionRead{.name = "task definition read", .burst = 50, .per_second = 20};
constexpr Bucket kEc2Read{.name = "ec2 non-mutating", .burst = 100, .per_second = 20};

constexpr std::array kRules = {
    Rule{Protocol::kEcs, "ListClusters", kClusterRead},
    Rule{Protocol::kEcs, "DescribeClusters", kClusterRead},
    Rule{Protocol::kEcs, "ListTasks", kResourceRead},
    Rule{Protocol::kEcs, "DescribeTasks", kResourceRead},
    Rule{Protocol::kEcs, "ListContainerInstances", kResourceRead},
    Rule{Protocol::kEcs, "DescribeContainerInstances", kResourceRead},
    Rule{Protocol::kEcs, "ListServices", kServiceRead},
    Rule{Protocol::kEcs, "DescribeServices", kServiceRead},
    Rule{Protocol::kEcs, "DescribeTaskDefinition", kDefinitionRead},
    Rule{Protocol::kEc2, "DescribeInstances", kEc2Read},
    Rule{Protocol::kEc2, "DescribeNetworkInterfaces", kEc2Read},
};

std::optional<Bucket> BucketOf(Protocol protocol, std::string_view operation) {
  const auto* const found = std::ranges::find_if(kRules, [&](const Rule& rule) {
    return rule.protocol == protocol && rule.operation == operation;
  });
  if (found == kRules.end()) return std::nullopt;
  return found->bucket;
}

}  // namespace

bool CallBuckets::Take(Protocol protocol, std::string_view operation, Clock::time_point now) {
  const auto bucket = BucketOf(protocol, operation);
  if (!bucket) return true;
  const double burst = bucket->burst * share_;
  const support::MutexLock lock(mutex_);
  Level& level =
      levels_.try_emplace(bucket->name, Level{.tokens = burst, .filled = now}).first->second;
  const std::chrono::duration<double> passed = now - level.filled;
  level.filled = now;
  level.tokens = std::min(level.tokens + (passed.count() * bucket->per_second * share_), burst);
  if (level.tokens < 1) return false;
  level.tokens -= 1;
  return true;
}

}  // namespace ecsd::sim
