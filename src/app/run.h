#pragma once

#include "aws/environment.h"
#include "config/options.h"

namespace ecsd::app {

// The program's exit statuses.
inline constexpr int kExitGood = 0;
inline constexpr int kExitFailed = 1;  // a counted run's last refresh or write, or a command
inline constexpr int kExitUsage = 2;   // found before any call: flags, paths, region, profile, ...

// Builds everything from the options, runs it, and returns the exit status. SIGTERM and SIGINT end
// it.
[[nodiscard]] int Run(const config::Options& options, const aws::Environment& environment);

}  // namespace ecsd::app
