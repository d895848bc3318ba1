#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "support/result.h"

namespace ecsd::config {

// Go's time.ParseDuration: a sign, then numbers each with an optional fraction and a unit out of
// ns, us (also with either micro sign), ms, s, m, h; "0" alone needs no unit. The error is kConfig
// and has the words of Go: `time: missing unit in duration "5"`.
[[nodiscard]] support::Result<std::chrono::nanoseconds> ParseGoDuration(std::string_view text);

// Go's Duration.String(): 1m0s, 1.5s, 0s, 500ms.
[[nodiscard]] std::string FormatGoDuration(std::chrono::nanoseconds duration);

}  // namespace ecsd::config
