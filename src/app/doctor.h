#pragma once

#include <stop_token>
#include <vector>

#include "app/check.h"
#include "app/commands.h"
#include "config/options.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {

// `doctor`: checks credentials, identity, region, clock and every permission, by calls that change
// nothing, and prints a line for each and for the checks of `start` (see CheckStart), then a
// summary. False when something that is needed fails.
[[nodiscard]] bool Doctor(const CommandContext& context, std::vector<Check> start);

// The same where the configuration is wrong, so that AWS cannot be asked: a failed check named
// "configuration" with `error`, and those of `start`.
void DoctorWithoutAws(const config::Options& options, const support::Error& error,
                      std::vector<Check> start, const std::stop_token& stop,
                      const telemetry::Log& log);

}  // namespace ecsd::app
