#pragma once

#include <optional>
#include <vector>

#include "app/check.h"
#include "aws/environment.h"
#include "config/options.h"
#include "state/identity.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::app {

// What CheckStart checks, and with what.
struct StartParts {
  const config::Options& options;
  const aws::Environment& environment;
  std::optional<state::Identity> identity;  // whose state file; nothing: not known
  const support::Clock& clock;
  const telemetry::Log& log;
};

// Checks everything on this machine that the program uses from its start on, by the code that it
// uses for that, and without changing anything: state file, web configuration, allowed hosts,
// listen address, output file. What is not asked for has no check. What the running program with
// the same flags has in use is good.
[[nodiscard]] std::vector<Check> CheckStart(const StartParts& parts);

}  // namespace ecsd::app
