#pragma once

#include <string>

#include "server/list_query.h"
#include "server/snapshot.h"

namespace ecsd::server {

// The list of containers that `query` asks for, as HTML: its count and that of the other tab, the
// table by groups, and the links to its other pages. The page shows it, and its script gets it anew
// for every letter that is typed.
[[nodiscard]] std::string RenderRows(const Snapshot& snapshot, const ListQuery& query);

}  // namespace ecsd::server
