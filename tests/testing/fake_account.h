#pragma once

#include <chrono>
#include <stop_token>

#include "aws/cached_credentials.h"
#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/limiter.h"
#include "aws/settings.h"
#include "telemetry/log.h"
#include "testing/fake_clock.h"
#include "testing/fake_credentials.h"
#include "testing/fake_transport.h"

namespace ecsd::test {

// A Client in region eu-west-1 whose transport, clock and credentials are in the hands of the test.
// It signs with Keys("own"); their place can be changed by `source`.
struct FakeAccount {
  FakeAccount() { source.Queue(Keys("own")); }

  // A deadline `left` from now.
  [[nodiscard]] aws::Deadline In(std::chrono::milliseconds left,
                                 const std::stop_token& stop = {}) const {
    return {.stop = stop, .at = clock.Steady() + left};
  }

  FakeClock clock;
  FakeTransport transport;
  FakeCredentialSource source;
  telemetry::Log log{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
  aws::CachedCredentials credentials{source, clock, log, [] { return 0.0; }};
  aws::Settings settings{.region = "eu-west-1",
                         .endpoints = {{"ECS", "https://ecs.eu-west-1.amazonaws.com/"},
                                       {"EC2", "https://ec2.eu-west-1.amazonaws.com/"},
                                       {"STS", "https://sts.eu-west-1.amazonaws.com/"}}};
  aws::Limiter limiter{0.5, clock, log};
  aws::CallPacing pacing{.limiter = limiter, .scope = {.account = {}, .region = "eu-west-1"}};
  aws::Client client{
      transport, credentials,
      settings,  {.connect = std::chrono::seconds(5), .total = std::chrono::seconds(30)},
      pacing,    clock,
      log};
};

}  // namespace ecsd::test
