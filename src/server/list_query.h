#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/reason.h"

namespace ecsd::server {

// What the list of containers on the page is asked to show, as its address says it. Everything in
// it comes from a stranger; what makes no sense is as if it were not there.
struct ListQuery {
  enum class Show : std::uint8_t { kTargets, kSkipped };
  // What the rows are grouped by; the groups are in the order of their names.
  enum class Sort : std::uint8_t {
    kService,  // and cluster
    kCluster,
    kDefinition,
    kContainer,
    kReason,  // of skipped containers only
    kLargest  // service and cluster, those with most rows first
  };

  Show show = Show::kTargets;
  std::string text;                    // words that must all be found
  std::string cluster;                 // name; empty: all
  std::optional<core::Reason> reason;  // of skipped containers; nothing: all
  bool needs_action = false;           // only skipped containers whose reason does
  Sort sort = Sort::kService;
  std::size_t page = 1;
  friend bool operator==(const ListQuery&, const ListQuery&) = default;

  // Whether it asks for containers of both lists alike: words, or a cluster.
  [[nodiscard]] bool searches() const { return !text.empty() || !cluster.empty(); }
  // The same words and cluster under the other tab.
  [[nodiscard]] ListQuery Other() const;
};

// The value of `reason` in a URL that stands for every reason that needs action.
inline constexpr std::string_view kNeedsAction = "needs_action";

// Reads the query of a URL:
// "show=skipped&q=web&cluster=prod&reason=no_binding&sort=cluster&page=2".
[[nodiscard]] ListQuery ReadListQuery(std::string_view text);

// The query of a URL for `query`, percent-encoded; what has its default is left out.
[[nodiscard]] std::string ToUrl(const ListQuery& query);

// What a URL calls it: "cluster".
[[nodiscard]] std::string_view NameOf(ListQuery::Sort sort);

}  // namespace ecsd::server
