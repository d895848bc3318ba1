#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/reason.h"
#include "core/target.h"
#include "server/snapshot.h"

namespace ecsd::server {

// What the list of containers on the page is asked to show, as its address says it. Everything in
// it comes from a stranger; what makes no sense is as if it were not there.
struct ListQuery {
  enum class Show : std::uint8_t { kTargets, kSkipped };

  Show show = Show::kTargets;
  std::string text;                    // words that must all be found
  std::string cluster;                 // name; empty: all
  std::optional<core::Reason> reason;  // of skipped containers; nothing: all
  std::size_t page = 1;
  friend bool operator==(const ListQuery&, const ListQuery&) = default;
};

// Reads the query of a URL: "show=skipped&q=web&cluster=prod&reason=no_binding&page=2".
[[nodiscard]] ListQuery ReadListQuery(std::string_view text);

// The query of a URL for `query`, percent-encoded; what has its default is left out.
[[nodiscard]] std::string ToUrl(const ListQuery& query);

inline constexpr std::size_t kRowsOfPage = 100;

// The rows that a query finds: how many, and those of its page (of the last page when it is beyond
// that).
template <typename Row>
struct Found {
  std::size_t count = 0;
  std::size_t pages = 1;
  std::size_t page = 1;
  std::vector<Row> rows;
};

// Upper and lower case of ASCII letters are the same. A word is found when a field has it.
[[nodiscard]] Found<core::Target> FindTargets(const Snapshot& snapshot, const ListQuery& query);
[[nodiscard]] Found<SkippedContainer> FindSkipped(const Snapshot& snapshot, const ListQuery& query);

}  // namespace ecsd::server
