#pragma once

#include <stop_token>

#include "app/aws_account.h"
#include "app/service_manager.h"
#include "app/watchdog.h"
#include "config/options.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::app {

// What a command needs. All must outlive the call.
struct CommandContext {
  const config::Options& options;
  AwsAccount& account;
  const support::Clock& clock;
  const telemetry::Log& log;
  Watchdog& watchdog;
  const ServiceManager& service;
  std::stop_token stop;
};

// `explain`: reads the account once and prints why each container is a target or not. False when
// something could not be read, or a name matches nothing.
[[nodiscard]] bool Explain(const CommandContext& context);

// `--dry-run`: reads the account once and prints the file to standard output. False when it is not
// complete.
[[nodiscard]] bool DryRun(const CommandContext& context);

}  // namespace ecsd::app
