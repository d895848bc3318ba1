#include "app/aws_account.h"

#include <string>
#include <utility>

#include "aws/limiter.h"
#include "core/arn.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::app {
AwsAccount::AwsAccount(Parameters parameters, aws::Limiter& limiter, const support::Clock& clock,
                       const telemetry::Log& log)
    : parameters_(std::move(parameters)),
      limiter_(limiter),
      transport_(parameters_.transport),
      own_source_({.transport = transport_, .clock = clock, .log = log}, parameters_.settings,
                  {.environment = parameters_.environment,
                   .choice = parameters_.profile,
                   .timeouts = parameters_.timeouts,
                   .pacing = {.limiter = limiter,
                              .scope = {.account = {}, .region = region()},
                              .stats = &stats_},
                   .metadata = parameters_.metadata}),
      own_credentials_(own_source_, clock, log),
      own_client_(
          transport_, own_credentials_, parameters_.settings, parameters_.timeouts,
          {.limiter = limiter, .scope = {.account = {}, .region = region()}, .stats = &stats_},
          clock, log),
      client_(transport_, WithRole(clock, log), parameters_.settings, parameters_.timeouts,
              {.limiter = limiter, .scope = scope(), .stats = &stats_}, clock, log),
      ecs_(client_),
      ec2_(client_),
      ssm_(client_),
      sts_(client_) {}

aws::CachedCredentials& AwsAccount::WithRole(const support::Clock& clock,
                                             const telemetry::Log& log) {
  if (parameters_.role) role_.emplace(own_client_, own_credentials_, *parameters_.role, clock, log);
  return credentials();
}

aws::LimitScope AwsAccount::scope() const {
  return {.account = parameters_.role ? std::string(core::AccountOfArn(parameters_.role->arn))
                                      : std::string(),
          .region = region()};
}

}  // namespace ecsd::app
