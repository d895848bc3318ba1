#pragma once

#include <string>

#include "aws/environment.h"
#include "config/options.h"
#include "http/transport.h"
#include "support/result.h"

namespace ecsd::app {

inline constexpr long kHealthGood = 200;
inline constexpr long kHealthUnauthorized = 401;
inline constexpr long kHealthMisdirected = 421;  // a name that --web.allowed-hosts does not have

// The request that `healthcheck` makes: of the URL that the command names, else of the address that
// the flags of the web server name, with loopback for every address of the machine. kConfig when
// neither says whom to ask.
[[nodiscard]] support::Result<http::Request> HealthRequest(const config::Options& options,
                                                           const aws::Environment& environment);

struct HealthAnswer {
  long status = 0;
  std::string text;  // the body without blanks around it; of other than status 200 for an operator
};

// What the program with these flags answers to that request. kConfig when it cannot be asked;
// kTransport when nobody answers.
[[nodiscard]] support::Result<HealthAnswer> AskHealth(const config::Options& options,
                                                      const aws::Environment& environment);

// `healthcheck`: makes that request, and returns kExitGood for status 200. Anything else is one
// line on standard error and kExitFailed, or kExitConfig when there is nobody to ask.
[[nodiscard]] int Healthcheck(const config::Options& options, const aws::Environment& environment);

}  // namespace ecsd::app
