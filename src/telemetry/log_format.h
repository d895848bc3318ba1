#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "telemetry/log.h"

namespace ecsd::telemetry {

// As `ts` of a line: UTC with milliseconds, 2026-01-02T03:04:05.678Z.
[[nodiscard]] std::string RenderTime(std::chrono::system_clock::time_point time);

// One event as one line, without the line break:
//   ts=2026-01-02T03:04:05.678Z level=info msg="wrote targets" count=3
//   {"ts":"2026-01-02T03:04:05.678Z","level":"info","msg":"wrote targets","count":3}
// In logfmt a value that is empty or has a space, `=`, `"`, a control character or broken UTF-8 in
// it is quoted; in both forms what could end or forge a line is escaped and broken UTF-8 becomes
// U+FFFD, so a line is always one line, valid UTF-8 and (in JSON) valid JSON. Numbers and booleans
// have no quotes; a double that JSON has no number for is null there.
[[nodiscard]] std::string RenderLine(std::chrono::system_clock::time_point time, LogLevel level,
                                     LogFormat format, std::string_view message,
                                     std::span<const Field> fields);

}  // namespace ecsd::telemetry
