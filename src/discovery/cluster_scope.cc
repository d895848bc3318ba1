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

}  // namespace

bool IsNamed(std::string_view arn, std::string_view wanted, std::string_view region) {
  if (wanted.starts_with("arn:")) return arn == wanted;
  const auto slash = arn.rfind('/');
  return slash != std::string_view::npos && arn.substr(slash + 1) == wanted &&
         PartOf(arn, kRegion) == region;
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
