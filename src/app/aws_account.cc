#include "app/aws_account.h"

#include <utility>

#include "app/version.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::app {

AwsAccount::AwsAccount(Parameters parameters, const support::Clock& clock,
                       const telemetry::Log& log)
    : parameters_(std::move(parameters)),
      transport_(std::string(kProgramName) + "/" + kVersion),
      own_source_(parameters_.environment, parameters_.profile),
      own_credentials_(own_source_, clock),
      own_client_(transport_, own_credentials_, parameters_.settings, parameters_.timeouts, clock,
                  log),
      client_(transport_, WithRole(clock), parameters_.settings, parameters_.timeouts, clock, log),
      ecs_(client_),
      ec2_(client_),
      ssm_(client_),
      sts_(client_) {}

aws::CachedCredentials& AwsAccount::WithRole(const support::Clock& clock) {
  if (!parameters_.role_arn.empty()) role_.emplace(own_client_, parameters_.role_arn, clock);
  return credentials();
}

}  // namespace ecsd::app
