#pragma once

#include "aws/environment.h"
#include "config/options.h"

namespace ecsd::app {

// Builds everything from the options, runs it, and returns the exit status. SIGTERM and SIGINT end
// it.
[[nodiscard]] int Run(const config::Options& options, const aws::Environment& environment);

}  // namespace ecsd::app
