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

std::string Lasting(support::SystemTime then, support::SystemTime now) {
  const auto past = std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
  const auto seconds = std::max<std::int64_t>(0, past);
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  if (seconds < 172800) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86400);
}

std::string Ago(support::SystemTime then, support::SystemTime now) {
  return Lasting(then, now) + " ago";
}

std::string TimeOfDay(support::SystemTime time) {
  return fmt::format("{:%T} UTC", fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time)));
}

std::string TimeHtml(support::SystemTime then, support::SystemTime now) {
  return fmt::format(R"(<time datetime="{0}" title="{0}" data-age="ago">{1}</time>)", Rfc3339(then),
                     Ago(then, now));
}

std::string LastingHtml(support::SystemTime then, support::SystemTime now) {
  return fmt::format(R"(<time datetime="{0}" title="since {0}" data-age="for">{1}</time>)",
                     Rfc3339(then), Lasting(then, now));
}

}  // namespace ecsd::server
