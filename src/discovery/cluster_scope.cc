#include "discovery/cluster_scope.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ecsd::discovery {
namespace {

constexpr std::size_t kRegion = 3;
constexpr std::size_t kAccount = 4;

// The part of "arn:PARTITION:ecs:REGION:ACCOUNT:cluster/NAME" with this number.
std::string_view PartOf(std::string_view arn, std::size_t number) {
  for (; number > 0; --number) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return arn.substr(0, arn.find(':'));
}

// 32 hexadecimal digits, or 36 characters in the form of tasks from before 2018.
bool IsTaskId(std::string_view id) {
  return (id.size() == 32 || id.size() == 36) &&
         id.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
}

}  // namespace

bool IsNamed(std::string_view arn, std::string_view wanted, std::string_view region) {
  if (wanted.starts_with("arn:")) return arn == wanted;
  const auto slash = arn.rfind('/');
  return slash != std::string_view::npos && arn.substr(slash + 1) == wanted &&
         PartOf(arn, kRegion) == region;
}

bool IsOfCluster(std::string_view cluster_arn, std::string_view task_arn) {
  constexpr std::string_view kCluster = ":cluster/";
  constexpr std::string_view kTask = ":task/";
  const auto at = cluster_arn.find(kCluster);
  if (at == std::string_view::npos) return true;
  if (task_arn.substr(0, at) != cluster_arn.substr(0, at)) return false;
  task_arn.remove_prefix(at);
  if (!task_arn.starts_with(kTask)) return false;
  task_arn.remove_prefix(kTask.size());
  const auto slash = task_arn.find('/');
  return slash == std::string_view::npos ||
         task_arn.substr(0, slash) == cluster_arn.substr(at + kCluster.size());
}

bool CanBeAskedOf(std::string_view cluster_arn, std::string_view task_arn) {
  if (cluster_arn.find(":cluster/") == std::string_view::npos) return true;
  if (!IsOfCluster(cluster_arn, task_arn)) return false;
  const auto id = task_arn.substr(task_arn.find('/') + 1);
  return IsTaskId(id.substr(id.find('/') + 1));
}

AbsentClusters SortAbsent(const std::vector<std::string>& known,
                          const std::vector<std::string>& listed, std::string_view region) {
  AbsentClusters absent;
  for (const auto& arn : known) {
    if (std::ranges::binary_search(listed, arn)) continue;
    const auto account = PartOf(arn, kAccount);
    const bool ours = !account.empty() && PartOf(arn, kRegion) == region &&
                      (listed.empty() || std::ranges::any_of(listed, [&](const auto& each) {
                         return PartOf(each, kAccount) == account;
                       }));
    (ours ? absent.to_confirm : absent.outside).push_back(arn);
  }
  return absent;
}

}  // namespace ecsd::discovery
