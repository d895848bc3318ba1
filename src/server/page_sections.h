#pragma once

#include <string>

#include "server/page.h"
#include "server/snapshot.h"

namespace ecsd::server {

// The parts of the page that are renewed while it is open, as HTML.

// How it stands, in one sentence and a few numbers.
[[nodiscard]] std::string SummaryHtml(const PageInput& input);
[[nodiscard]] std::string ClustersHtml(const PageInput& input);
// How many containers are no targets, by reason, with what to change.
[[nodiscard]] std::string ReasonsHtml(const Snapshot& snapshot);
[[nodiscard]] std::string CallsHtml(const PageInput& input);
[[nodiscard]] std::string EventsHtml(const PageInput& input);

}  // namespace ecsd::server
