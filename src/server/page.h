#pragma once

#include <string>

#include "server/identity.h"
#include "server/list_query.h"
#include "server/live_figures.h"
#include "server/response.h"
#include "server/snapshot.h"
#include "support/clock.h"

namespace ecsd::server {

// What the page shows.
struct PageInput {
  const Snapshot& snapshot;
  const LiveFigures& live;
  support::SystemTime now;
  ListQuery query;
};

// The page for people. Style and script are in it, and its Content-Security-Policy allows these two
// alone, by their hashes; so nothing that a docker label says can run, and nothing is fetched from
// elsewhere. All links are relative: it works behind any path. Any thread may call.
class Page {
 public:
  // `lifecycle`: show the button that asks for a refresh.
  Page(Identity identity, bool lifecycle);

  // GET /
  [[nodiscard]] Response Answer(const PageInput& input) const;

  // GET /rows: the list of containers alone, for the script.
  [[nodiscard]] Response AnswerRows(const PageInput& input) const;

 private:
  [[nodiscard]] std::string Head(const PageInput& input) const;
  [[nodiscard]] std::string About(const PageInput& input) const;
  [[nodiscard]] std::string Configuration() const;
  [[nodiscard]] Response Html(std::string html) const;

  const Identity identity_;
  const bool lifecycle_;
  const std::string policy_;
};

}  // namespace ecsd::server
