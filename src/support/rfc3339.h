#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "support/clock.h"

namespace ecsd::support {

// Reads an RFC 3339 date-time ("2026-01-02T03:04:05Z", also with a fraction or an offset), as STS
// and the credential documents write expiry. Nothing for anything else. A time
// that SystemTime cannot hold, such as the year 9999, becomes the last (or first) year that it can.
[[nodiscard]] std::optional<SystemTime> ParseRfc3339(std::string_view text);

}  // namespace ecsd::support
