#pragma once

#include <string>

#include "server/identity.h"
#include "server/page.h"
#include "server/snapshot.h"

namespace ecsd::server {

// The parts of the page that are renewed while it is open, as HTML.

// How it stands, in one sentence, what is wrong, and a few numbers.
[[nodiscard]] std::string SummaryHtml(const PageInput& input, const Identity& identity);
// Failures first, those for the same reason together; then a row for each cluster.
[[nodiscard]] std::string ClustersHtml(const PageInput& input, const Identity& identity);
// How many containers are skipped, by reason: first those that need action, with what to change.
[[nodiscard]] std::string ReasonsHtml(const Snapshot& snapshot);
[[nodiscard]] std::string CallsHtml(const PageInput& input);
[[nodiscard]] std::string EventsHtml(const PageInput& input);
// Region, account, identity and credentials that are in effect.
[[nodiscard]] std::string AccountHtml(const PageInput& input, const Identity& identity);

}  // namespace ecsd::server
