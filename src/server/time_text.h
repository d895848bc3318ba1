#pragma once

#include <string>

#include "support/clock.h"

namespace ecsd::server {

// "2026-01-02T03:04:05Z"
[[nodiscard]] std::string Rfc3339(support::SystemTime time);

// How long ago `then` was, as a person says it: "12 s ago", "3 min ago", "5 h ago", "2 d ago".
[[nodiscard]] std::string Ago(support::SystemTime then, support::SystemTime now);

// How long it is since `then`: "12 s", "3 min", "5 h", "2 d".
[[nodiscard]] std::string Lasting(support::SystemTime then, support::SystemTime now);

// "03:12:09 UTC"
[[nodiscard]] std::string TimeOfDay(support::SystemTime time);

// <time> elements that say Ago and Lasting, and exactly when in their title. The page's script
// keeps both up to date.
[[nodiscard]] std::string TimeHtml(support::SystemTime then, support::SystemTime now);
[[nodiscard]] std::string LastingHtml(support::SystemTime then, support::SystemTime now);

}  // namespace ecsd::server
