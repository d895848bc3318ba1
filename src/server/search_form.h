#pragma once

#include <string>

#include "server/list_query.h"
#include "server/snapshot.h"

namespace ecsd::server {

// The form above the list: tabs, search, cluster, reason and order. Works without a script.
[[nodiscard]] std::string RenderSearch(const Snapshot& snapshot, const ListQuery& query);

}  // namespace ecsd::server
