#pragma once

#include <stop_token>

#include "app/commands.h"
#include "config/options.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {

// `doctor`: checks credentials, identity, region, clock, every permission (by calls that change
// nothing) and the output path, and prints a line for each. False when something that is needed
// fails.
[[nodiscard]] bool Doctor(const CommandContext& context);

// What doctor prints when nothing can be checked because the configuration is wrong: with --json
// one failed check named "configuration", so that scripts whose command line is right have an
// answer to read; else nothing, for the log says it.
void PrintBadConfiguration(const config::Options& options, const support::Error& error,
                           const std::stop_token& stop, const telemetry::Log& log);

}  // namespace ecsd::app
