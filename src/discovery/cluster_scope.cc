#include "discovery/cluster_scope.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ecsd::discovery {
namespace {

constexpr std::size_t kRegion = 3;
constexpr std::size_t kAccount = 4;

// What is left of "arn:PARTITION:ecs:REGION:ACCOUNT:cluster/NAME" from the part with this number.
std::string_view RestFrom(std::string_view arn, std::size_t number) {
  for (; number > 0; --number) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return arn;
}

std::string_view PartOf(std::string_view arn, std::size_t number) {
  const auto rest = RestFrom(arn, number);
  return rest.substr(0, rest.find(':'));
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

bool CanBeACluster(std::string_view arn) {
  constexpr std::string_view kCluster = "cluster/";
  constexpr std::size_t kService = 2;
  constexpr std::size_t kResource = 5;
  constexpr std::size_t kLongestName = 255;
  auto name = RestFrom(arn, kResource);
  if (!arn.starts_with("arn:") || PartOf(arn, kService) != "ecs" || !name.starts_with(kCluster)) {
    return true;
  }
  name.remove_prefix(kCluster.size());
  return !name.empty() && name.size() <= kLongestName &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string_view::npos;
}

std::string WhyOutside(const std::vector<std::string>& outside,
                       const std::vector<std::string>& inside, std::string_view region) {
  std::set<std::string_view> accounts;
  std::set<std::string_view> regions;
  for (const auto& arn : outside) {
    accounts.insert(PartOf(arn, kAccount));
    regions.insert(PartOf(arn, kRegion));
  }
  std::string why;
  const auto add = [&why](const std::string& reason) { why += (why.empty() ? "" : "; ") + reason; };
  const auto account = inside.empty() ? std::string_view() : PartOf(inside.front(), kAccount);
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
