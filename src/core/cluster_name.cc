#include "core/cluster_name.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/arn.h"
#include "support/strings.h"

namespace ecsd::core {
namespace {

constexpr std::string_view kCluster = "cluster/";

}  // namespace

bool IsClusterName(std::string_view name) {
  constexpr std::size_t kLongestName = 255;
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

std::optional<ClusterArn> ParseClusterArn(std::string_view text) {
  const auto parts = ParseArn(text);
  if (!parts || parts->service != "ecs" || !parts->resource.starts_with(kCluster))
    return std::nullopt;
  const auto name = parts->resource.substr(kCluster.size());
  if (parts->partition.empty() || parts->region.empty() || parts->account.empty() ||
      !IsClusterName(name)) {
    return std::nullopt;
  }
  return ClusterArn{.partition = std::string(parts->partition),
                    .region = std::string(parts->region),
                    .account = std::string(parts->account),
                    .name = std::string(name)};
}

std::string_view ClusterIn(std::string_view name) {
  const auto parts = ParseArn(name);
  if (!parts) return IsClusterName(name) ? name : std::string_view();
  auto rest = parts->resource;
  if (parts->service != "ecs" || rest.find('/') == std::string_view::npos) return {};
  const bool is_cluster = rest.starts_with(kCluster);
  rest.remove_prefix(rest.find('/') + 1);
  const auto slash = rest.find('/');
  if (is_cluster != (slash == std::string_view::npos)) return {};
  const auto cluster = rest.substr(0, slash);
  return IsClusterName(cluster) ? cluster : std::string_view();
}

std::string FlawOfCluster(std::string_view cluster) {
  if (IsClusterName(cluster) || ParseClusterArn(cluster)) return {};
  if (support::Trim(cluster).find_first_of(",; \t") != std::string_view::npos) {
    return "one cluster only, by its name or ARN; run one process for each cluster, or leave the "
           "flag out for every cluster of the region";
  }
  if (const auto parts = ParseArn(cluster)) {
    const auto kind = parts->resource.substr(0, parts->resource.find('/'));
    if (parts->service == "ecs" && !parts->resource.starts_with(kCluster)) {
      return fmt::format(
          "the ARN is that of a {}, not of a cluster; an ARN of a cluster is like "
          "arn:aws:ecs:eu-west-1:123456789012:cluster/prod",
          kind);
    }
  }
  if (cluster.starts_with("arn:")) {
    return "not the ARN of an ECS cluster, which is like "
           "arn:aws:ecs:eu-west-1:123456789012:cluster/prod";
  }
  return "not the name of an ECS cluster, which has up to 255 letters, digits, hyphens and "
         "underscores";
}

}  // namespace ecsd::core
