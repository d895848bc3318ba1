#include "server/time_text.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "support/clock.h"

namespace ecsd::server {

std::string Rfc3339(support::SystemTime time) {
  return fmt::format("{:%FT%T}Z", fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time)));
}

std::string Ago(support::SystemTime then, support::SystemTime now) {
  const auto past = std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
  const auto seconds = std::max<std::int64_t>(0, past);
  if (seconds < 120) return fmt::format("{} s ago", seconds);
  if (seconds < 7200) return fmt::format("{} min ago", seconds / 60);
  if (seconds < 172800) return fmt::format("{} h ago", seconds / 3600);
  return fmt::format("{} d ago", seconds / 86400);
}

std::string TimeHtml(support::SystemTime then, support::SystemTime now) {
  const auto exact = Rfc3339(then);
  return fmt::format(R"(<time datetime="{0}" title="{0}">{1}</time>)", exact, Ago(then, now));
}

}  // namespace ecsd::server
