#pragma once

#include <chrono>
#include <stop_token>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/limiter.h"
#include "aws/settings.h"
#include "aws/source_tools.h"
#include "telemetry/log.h"
#include "testing/fake_clock.h"
#include "testing/fake_transport.h"

namespace ecsd::test {

// What a source of credentials reaches the world with, in the hands of the test.
struct FakeWorld {
  [[nodiscard]] aws::Deadline InAMinute(const std::stop_token& stop = {}) const {
    return {.stop = stop, .at = clock.Steady() + std::chrono::minutes(1)};
  }

  FakeClock clock;
  FakeTransport transport;
  telemetry::Log log{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
  aws::Limiter limiter{0.5, clock, log};
  aws::CallPacing pacing{.limiter = limiter, .scope = {.account = {}, .region = "eu-west-1"}};
  aws::SourceTools tools{.transport = transport, .clock = clock, .log = log};
  aws::CallTimeouts timeouts{.connect = std::chrono::seconds(5), .total = std::chrono::seconds(30)};
  aws::Settings settings{.region = "eu-west-1",
                         .endpoints = {{"STS", "https://sts.eu-west-1.amazonaws.com/"}},
                         .region_source = {},
                         .endpoint_sources = {},
                         .variant = {}};
};

}  // namespace ecsd::test
