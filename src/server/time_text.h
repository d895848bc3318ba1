#pragma once

#include <string>

#include "support/clock.h"

namespace ecsd::server {

// "2026-01-02T03:04:05Z"
[[nodiscard]] std::string Rfc3339(support::SystemTime time);

// How long ago `then` was, as a person says it: "12 s ago", "3 min ago", "5 h ago", "2 d ago".
[[nodiscard]] std::string Ago(support::SystemTime then, support::SystemTime now);

// A <time> element that says how long ago `then` was, and exactly when in its title.
[[nodiscard]] std::string TimeHtml(support::SystemTime then, support::SystemTime now);

}  // namespace ecsd::server
