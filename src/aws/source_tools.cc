#include "aws/source_tools.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "aws/credentials.h"
#include "aws/retry.h"
#include "http/transport.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

Result<http::Response> AskOnce(const SourceTools& tools, http::Request& request,
                               const Patience& patience, const Deadline& deadline) {
  const auto& shown = request.shown.empty() ? request.url : request.shown;
  // NOLINTNEXTLINE(misc-include-cleaner): ceil is of <chrono>
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline.at - tools.clock.Steady());
  if (left <= std::chrono::milliseconds(0)) {
    return Fail(ErrorKind::kTimeout,
                fmt::format("{}: there is no time left; see --refresh-timeout", shown));
  }
  request.connect_timeout = std::min(patience.timeouts.connect, left);
  request.total_timeout = std::min(patience.timeouts.total, left);
  request.stall_timeout = patience.timeouts.stall;
  auto response = tools.transport.Perform(request, deadline.stop);
  if (!response || (response->status < 500 && response->status != 429)) return response;
  return Fail(ErrorKind::kServer, fmt::format("{}: HTTP status {}", shown, response->status));
}

}  // namespace

Result<http::Response> Ask(const SourceTools& tools, http::Request request,
                           const Patience& patience, const Deadline& deadline) {
  return Retry<http::Response>(tools.clock, deadline, {.attempts = patience.attempts},
                               [&](int /*number*/) -> Attempt<http::Response> {
                                 return {.result = AskOnce(tools, request, patience, deadline)};
                               });
}

}  // namespace ecsd::aws
