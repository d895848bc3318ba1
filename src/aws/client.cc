#include "aws/client.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/cached_credentials.h"
#include "aws/credentials.h"
#include "aws/retry.h"
#include "aws/service_error.h"
#include "aws/settings.h"
#include "http/transport.h"
#include "support/clock.h"
#include "support/result.h"
#include "support/secret.h"
#include "telemetry/log.h"

namespace ecsd::aws {
namespace {

using support::Error;
using support::ErrorKind;
using support::Result;

std::string NameOf(const ApiCall& call) {
  return fmt::format("{} {}", call.service.id, call.action);
}

// A number in [0, 1). Each thread has its own generator, so callers need no lock.
double Draw() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

// No message of a service may carry what it was signed with.
void Hide(const support::Secret& secret, std::string& text) {
  if (secret.empty()) return;
  for (auto at = text.find(secret.Reveal()); at != std::string::npos;
       at = text.find(secret.Reveal(), at)) {
    text.replace(at, secret.Reveal().size(), "***");
  }
}

http::Request MakeRequest(const ApiCall& call, const Settings& settings,
                          const Credentials& credentials) {
  return {.url = settings.EndpointOf(call.service),
          .headers = call.headers,
          .body = call.body,
          .signature = http::Signature{.region = settings.region,
                                       .service = std::string(call.service.signing_name),
                                       .access_key_id = credentials.access_key_id,
                                       .secret_access_key = credentials.secret_access_key,
                                       .session_token = credentials.session_token},
          .connect_timeout = {},
          .total_timeout = {}};
}

Error AfterAttempts(Error error, int attempts) {
  if (attempts > 1) error.message += fmt::format(" (after {} attempts)", attempts);
  return error;
}

}  // namespace

Client::Client(http::HttpTransport& transport, CachedCredentials& credentials,
               const Settings& settings, CallTimeouts timeouts, const support::Clock& clock,
               const telemetry::Log& log)
    : transport_(transport),
      credentials_(credentials),
      settings_(settings),
      timeouts_(timeouts),
      clock_(clock),
      log_(log) {}

std::optional<std::chrono::seconds> Client::clock_ahead() const {
  const auto offset = clock_ahead_.load();
  return offset == kUnknownOffset ? std::nullopt : std::optional(offset);
}

Result<void> Client::Attempt(const ApiCall& call, const Decode& decode,
                             const Credentials& credentials, const Deadline& deadline) const {
  // NOLINTNEXTLINE(misc-include-cleaner): ceil is of <chrono>
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.at - clock_.Steady());
  if (left <= std::chrono::milliseconds(0)) {
    return support::Fail(
        ErrorKind::kTimeout,
        NameOf(call) + ": the time for the whole refresh is over; see --refresh-timeout");
  }
  auto request = MakeRequest(call, settings_, credentials);
  request.connect_timeout = std::min(timeouts_.connect, left);
  request.total_timeout = std::min(timeouts_.total, left);
  auto response = transport_.Perform(request, deadline.stop);
  if (!response)
    return tl::unexpected(support::Annotate(NameOf(call), std::move(response).error()));
  const auto ahead = response->clock_ahead;
  if (ahead) clock_ahead_ = *ahead;
  if (response->status >= 300) {
    const auto permission = fmt::format("{}:{}", call.service.signing_name, call.action);
    auto error = ReadServiceError(*response);
    Hide(credentials.secret_access_key, error.message);
    Hide(credentials.session_token, error.message);
    return tl::unexpected(MakeError(NameOf(call), permission, error, *response));
  }
  auto decoded = decode(response->body);
  if (!decoded) return tl::unexpected(support::Annotate(NameOf(call), std::move(decoded).error()));
  return {};
}

Result<void> Client::Call(const ApiCall& call, const Decode& decode,
                          const Deadline& deadline) const {
  bool renewed = false;
  for (int attempt = 1;; ++attempt) {
    auto credentials = credentials_.Get(deadline);
    if (!credentials) return tl::unexpected(std::move(credentials).error());
    auto result = Attempt(call, decode, *credentials, deadline);
    if (result || result.error().kind == ErrorKind::kCancelled) return result;
    if (result.error().kind == ErrorKind::kExpired && !renewed) {
      renewed = true;
      credentials_.Discard(*credentials);
      continue;
    }
    const auto delay = RetryDelay(result.error().kind, attempt, Draw());
    const auto again = clock_.Steady() + delay.value_or(std::chrono::milliseconds(0));
    if (!delay || again >= deadline.at)
      return tl::unexpected(AfterAttempts(std::move(result).error(), attempt));
    log_.Debug("call failed, trying again",
               {{.key = "call", .value = NameOf(call)},
                {.key = "attempt", .value = fmt::format("{}", attempt)},
                {.key = "wait_ms", .value = fmt::format("{}", delay->count())},
                {.key = "error", .value = result.error().message}});
    if (!clock_.SleepUntil(deadline.stop, again)) {
      return support::Fail(ErrorKind::kCancelled, NameOf(call) + ": stopped");
    }
  }
}

}  // namespace ecsd::aws
