#pragma once

#include <stop_token>

#include "app/aws_account.h"
#include "aws/environment.h"
#include "config/options.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {

// What preparing reaches the world with.
struct World {
  const support::Clock& clock;
  const telemetry::Log& log;
  std::stop_token stop;
};

// Reads the flags, the environment and the shared files into what an account is made of, and finds
// what must be changed before any call can be made: kConfig, for exit status 2. Where nothing else
// says the region, the metadata service of the EC2 instance is asked for it, once and for a few
// seconds at most.
[[nodiscard]] support::Result<AwsAccount::Parameters> Prepare(const config::Options& options,
                                                              const aws::Environment& environment,
                                                              const World& world);

}  // namespace ecsd::app
