#include "core/cluster_name.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "support/strings.h"

namespace ecsd::core {
namespace {

constexpr std::string_view kCluster = "cluster/";

// The parts of "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE", without "arn".
struct ArnParts {
  std::string_view partition;
  std::string_view service;
  std::string_view region;
  std::string_view account;
  std::string_view resource;
};

std::optional<ArnParts> Split(std::string_view arn) {
  constexpr std::string_view kStart = "arn:";
  if (!arn.starts_with(kStart)) return std::nullopt;
  arn.remove_prefix(kStart.size());
  ArnParts parts;
  for (auto* part : {&parts.partition, &parts.service, &parts.region, &parts.account}) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    *part = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  parts.resource = arn;
  return parts;
}

bool IsClusterName(std::string_view name) {
  constexpr std::size_t kLongestName = 255;
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

}  // namespace

std::optional<ClusterArn> ParseClusterArn(std::string_view text) {
  const auto parts = Split(text);
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

std::string FlawOfCluster(std::string_view cluster) {
  if (IsClusterName(cluster) || ParseClusterArn(cluster)) return {};
  if (support::Trim(cluster).find_first_of(",; \t") != std::string_view::npos) {
    return "one cluster only, by its name or ARN; run one process for each cluster, or leave the "
           "flag out for every cluster of the region";
  }
  if (const auto parts = Split(cluster)) {
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

std::string_view AccountOfArn(std::string_view arn) {
  const auto parts = Split(arn);
  return parts ? parts->account : std::string_view();
}

}  // namespace ecsd::core
