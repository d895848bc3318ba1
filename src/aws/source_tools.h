#pragma once

#include <chrono>
#include <string>

#include "aws/client.h"
#include "aws/credentials.h"
#include "http/transport.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::aws {

// What sources of credentials reach the world with. All must outlive what is given them.
struct SourceTools {
  http::HttpTransport& transport;
  const support::Clock& clock;
  const telemetry::Log& log;
};

// How patient to be with a service that gives credentials.
struct Patience {
  CallTimeouts timeouts;  // of one try
  int attempts = 1;
};

// Sends `request`, which is not signed, until there is an answer that is no failure of the server,
// or `patience` or the deadline is over. Whatever else the status is, it is for the caller to read.
[[nodiscard]] support::Result<http::Response> Ask(const SourceTools& tools, http::Request request,
                                                  const Patience& patience,
                                                  const Deadline& deadline);

}  // namespace ecsd::aws
