#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/html.h"
#include "server/identity.h"
#include "server/list_query.h"
#include "server/number_text.h"
#include "server/page.h"
#include "server/page_sections.h"
#include "server/snapshot.h"
#include "server/time_text.h"
#include "server/verdict.h"
#include "support/clock.h"

namespace ecsd::server {
namespace {

// With more clusters the table is closed at first, so that what happened and the search are near.
constexpr std::size_t kFewClusters = 6;
constexpr std::size_t kNamesOfFailure = 12;

using ClusterList = std::vector<const ClusterStatus*>;

bool IsStale(const ClusterStatus& cluster) {
  return cluster.stale_since.has_value() && !cluster.outside;
}

bool IsOfClusterName(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

// The error of a cluster without its ARN and name, which AWS quotes in the resource that it
// refuses, so that what failed for the same reason is equal.
std::string ErrorWithoutName(const ClusterStatus& cluster) {
  const auto named = "/" + cluster.name;
  std::string text = cluster.error;
  for (auto at = text.find(named); !cluster.name.empty() && at != std::string::npos;
       at = text.find(named, at + 1)) {
    const auto end = at + named.size();
    if (end == text.size() || !IsOfClusterName(text[end]))
      text.replace(at, named.size(), "/\xE2\x80\xA6");
  }
  return text;
}

std::string ClusterLink(const ClusterStatus& cluster) {
  return fmt::format(R"(<a href="{}#containers" title="{}">{}</a>)",
                     Escaped(ToUrl({.cluster = cluster.name})), Escaped(cluster.arn),
                     Escaped(cluster.name));
}

std::string FailureHtml(const std::string& error, const ClusterList& clusters,
                        support::SystemTime now) {
  const auto* const first = std::ranges::min(
      clusters, {}, [](const ClusterStatus* cluster) { return *cluster->stale_since; });
  std::string names;
  for (std::size_t i = 0; i < std::min(clusters.size(), kNamesOfFailure); ++i) {
    names += (i == 0 ? "" : ", ") + ClusterLink(*clusters[i]);
  }
  if (clusters.size() > kNamesOfFailure) {
    names += fmt::format(" and {} more", WithSeparators(clusters.size() - kNamesOfFailure));
  }
  const bool never =
      std::ranges::all_of(clusters, [](const auto* each) { return NeverRead(*each); });
  return fmt::format(
      R"(<li><span class="dot warn">{}</span> <strong>{}</strong> for {}: {}: {}</li>)",
      never ? "never read" : "stale", Counted(clusters.size(), "cluster"),
      LastingHtml(*first->stale_since, now),
      error.empty() ? "not read since the start" : EscapedWithBreaks(error), names);
}

// What failed, most clusters first.
std::string FailuresHtml(const PageInput& input) {
  std::map<std::string, ClusterList> by_error;
  for (const auto& cluster : input.snapshot.clusters) {
    if (IsStale(cluster)) by_error[ErrorWithoutName(cluster)].push_back(&cluster);
  }
  if (by_error.empty()) return {};
  std::vector<std::pair<std::string, ClusterList>> order(by_error.begin(), by_error.end());
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [](const auto& entry) { return entry.second.size(); });
  std::string html = R"(<ul class="failures">)";
  for (const auto& [error, clusters] : order) html += FailureHtml(error, clusters, input.now);
  return html + "</ul>";
}

std::string_view StateOf(const ClusterStatus& cluster) {
  if (cluster.outside) return R"(<span class="dot warn">held back</span>)";
  if (cluster.stale_since && NeverRead(cluster)) {
    return R"(<span class="dot warn">never read</span>)";
  }
  return cluster.stale_since ? R"(<span class="dot warn">stale</span>)"
                             : R"(<span class="dot good">fresh</span>)";
}

std::string ClusterRow(const ClusterStatus& cluster, support::SystemTime now) {
  const auto number = [&](std::size_t count) {
    return NeverRead(cluster) ? std::string("&ndash;") : WithSeparators(count);
  };
  const auto age = cluster.last_success ? TimeHtml(*cluster.last_success, now) : "never";
  return fmt::format(
      R"(<tr><th scope="row">{}</th><td data-th="State">{}</td><td data-th="Last read">{}</td>)"
      R"(<td class="number" data-th="Tasks">{}</td><td class="number" data-th="Targets">{}</td>)"
      R"(<td class="number" data-th="Skipped">{}</td></tr>)",
      ClusterLink(cluster), StateOf(cluster), age, number(cluster.tasks), number(cluster.targets),
      number(cluster.skipped));
}

std::string ClusterTable(const PageInput& input) {
  std::string html =
      R"(<div class="scroll"><table><caption class="hidden">Clusters</caption><thead><tr>)"
      R"(<th scope="col">Cluster</th><th scope="col">State</th><th scope="col">Last read</th>)"
      R"(<th scope="col" class="number">Tasks</th><th scope="col" class="number">Targets</th>)"
      R"(<th scope="col" class="number">Skipped</th></tr></thead><tbody>)";
  ClusterList order;
  for (const auto& cluster : input.snapshot.clusters) order.push_back(&cluster);
  std::ranges::stable_partition(order, [](const ClusterStatus* cluster) {
    return cluster->outside || cluster->stale_since.has_value();
  });
  for (const auto* cluster : order) html += ClusterRow(*cluster, input.now);
  return html + "</tbody></table></div>";
}

}  // namespace

std::string ClustersHtml(const PageInput& input, const Identity& identity) {
  const auto& clusters = input.snapshot.clusters;
  if (clusters.empty()) {
    if (!input.snapshot.ready()) return R"(<p class="empty">Nothing has been read yet.</p>)";
    return identity.cluster.empty() ? R"(<p class="empty">There is no ECS cluster.</p>)"
                                    : R"(<p class="empty">The cluster does not exist.</p>)";
  }
  if (clusters.size() <= kFewClusters) return FailuresHtml(input) + ClusterTable(input);
  return FailuresHtml(input) +
         fmt::format(R"(<details data-key="clusters"><summary>All {}</summary>{}</details>)",
                     Counted(clusters.size(), "cluster"), ClusterTable(input));
}

}  // namespace ecsd::server
