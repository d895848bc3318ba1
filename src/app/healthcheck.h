#pragma once

#include <string>

#include "aws/environment.h"
#include "config/options.h"
#include "http/transport.h"
#include "support/result.h"

namespace ecsd::app {

// The request that `healthcheck` makes: of the URL that the command names, else of the address that
// the flags of the web server name, with loopback for every address of the machine. kConfig when
// neither says whom to ask.
[[nodiscard]] support::Result<http::Request> HealthRequest(const config::Options& options,
                                                           const aws::Environment& environment);

// What the program with these flags answers to that request with status 200, without blanks around
// it. kRejected when it answers anything else, with what; kTransport when nobody answers.
[[nodiscard]] support::Result<std::string> AskHealth(const config::Options& options,
                                                     const aws::Environment& environment);

// `healthcheck`: makes that request, and returns kExitGood for status 200. Anything else is one
// line on standard error and kExitFailed, or kExitConfig when there is nobody to ask.
[[nodiscard]] int Healthcheck(const config::Options& options, const aws::Environment& environment);

}  // namespace ecsd::app
