#include "discovery/cluster_scope.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/arn.h"
#include "core/cluster_name.h"

namespace ecsd::discovery {
namespace {

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
         core::RegionOfArn(arn) == region;
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

bool CanBeACluster(std::string_view arn) {
  constexpr std::string_view kCluster = "cluster/";
  const auto parts = core::ParseArn(arn);
  if (!parts || parts->service != "ecs" || !parts->resource.starts_with(kCluster)) return true;
  return core::IsClusterName(parts->resource.substr(kCluster.size()));
}

std::string WhyOutside(const std::vector<std::string>& outside,
                       const std::vector<std::string>& inside, std::string_view region) {
  std::set<std::string_view> accounts;
  std::set<std::string_view> regions;
  for (const auto& arn : outside) {
    accounts.insert(core::AccountOfArn(arn));
    regions.insert(core::RegionOfArn(arn));
  }
  std::string why;
  const auto add = [&why](const std::string& reason) { why += (why.empty() ? "" : "; ") + reason; };
  const auto account = inside.empty() ? std::string_view() : core::AccountOfArn(inside.front());
  if (!account.empty() && !accounts.contains(account)) {
    add(fmt::format("they are of account {}, and the credentials are of account {}",
                    fmt::join(accounts, " "), account));
  }
  if (!regions.contains(region)) {
    add(fmt::format("they are of region {}, and this is region {}", fmt::join(regions, " "),
                    region));
  }
  return why.empty() ? "they are not in the selection" : why;
}

AbsentClusters SortAbsent(const std::vector<std::string>& known,
                          const std::vector<std::string>& listed, std::string_view region) {
  AbsentClusters absent;
  for (const auto& arn : known) {
    if (std::ranges::binary_search(listed, arn)) continue;
    const auto account = core::AccountOfArn(arn);
    const bool ours = !account.empty() && core::RegionOfArn(arn) == region &&
                      (listed.empty() || std::ranges::any_of(listed, [&](const auto& each) {
                         return core::AccountOfArn(each) == account;
                       }));
    (ours ? absent.to_confirm : absent.outside).push_back(arn);
  }
  return absent;
}

}  // namespace ecsd::discovery
