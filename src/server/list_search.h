#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/target.h"
#include "server/containers.h"
#include "server/list_query.h"
#include "server/snapshot.h"

namespace ecsd::server {

inline constexpr std::size_t kRowsOfPage = 100;

// Rows that belong together, such as those of one service. The counts are of all pages.
struct RowGroup {
  std::string name;     // empty: what it is grouped by is not known, or there is none
  std::string cluster;  // of a service; else empty
  std::size_t rows = 0;
  std::size_t tasks = 0;
  bool continued = false;        // its first rows are on the page before
  std::size_t rows_of_page = 0;  // how many of the rows found are of it
  friend bool operator==(const RowGroup&, const RowGroup&) = default;
};

// The rows that a query finds: how many, and those of its page (of the last page when it is beyond
// that), by group and within a group by cluster, task and container.
template <typename Row>
struct Found {
  std::size_t count = 0;
  std::size_t pages = 1;
  std::size_t page = 1;
  std::vector<RowGroup> groups;  // of the page
  std::vector<Row> rows;
};

// Upper and lower case of ASCII letters are the same. A word is found when a field has it.
[[nodiscard]] Found<core::Target> FindTargets(const Snapshot& snapshot, const ListQuery& query);
[[nodiscard]] Found<SkippedContainer> FindSkipped(const Snapshot& snapshot, const ListQuery& query);

// How many rows `query` finds.
[[nodiscard]] std::size_t CountFound(const Snapshot& snapshot, const ListQuery& query);

}  // namespace ecsd::server
