#include "aws/client.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/cached_credentials.h"
#include "aws/call_stats.h"
#include "aws/credentials.h"
#include "aws/json_answer.h"
#include "aws/limiter.h"
#include "aws/retry.h"
#include "aws/service_error.h"
#include "aws/settings.h"
#include "http/transport.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::aws {
namespace {

using support::Error;
using support::ErrorKind;
using support::Result;

// Above the size of usual answers: the buffers that it took are not kept.
constexpr std::size_t kLargeBody = std::size_t{1024} * 1024;

std::string NameOf(const ApiCall& call) {
  return fmt::format("{} {}", call.service.id, call.action);
}

// Why a call ended that got no turn in its time: what AWS said to the `attempts` before, if any
// failed.
Error WithoutTurn(Error no_turn, const Result<void>& last, int attempts) {
  if (last || no_turn.kind != ErrorKind::kTimeout) return no_turn;
  return AfterAttempts(last.error(), attempts);
}

}  // namespace

std::chrono::milliseconds StallTimeout(std::chrono::milliseconds total) {
  constexpr std::chrono::milliseconds kShortest = std::chrono::seconds(10);
  return std::max(kShortest, total / 3);
}

Client::Client(http::HttpTransport& transport, CachedCredentials& credentials,
               const Settings& settings, CallTimeouts timeouts, CallPacing pacing,
               const support::Clock& clock, const telemetry::Log& log)
    : Client(transport, &credentials, settings, timeouts, std::move(pacing), clock, log) {}

Client::Client(http::HttpTransport& transport, const Settings& settings, CallTimeouts timeouts,
               CallPacing pacing, const support::Clock& clock, const telemetry::Log& log)
    : Client(transport, nullptr, settings, timeouts, std::move(pacing), clock, log) {}

Client::Client(http::HttpTransport& transport, CachedCredentials* credentials,
               const Settings& settings, CallTimeouts timeouts, CallPacing pacing,
               const support::Clock& clock, const telemetry::Log& log)
    : transport_(transport),
      credentials_(credentials),
      settings_(settings),
      timeouts_(timeouts),
      pacing_(std::move(pacing)),
      clock_(clock),
      log_(log),
      parser_(std::make_unique<JsonParser>()) {}

Client::~Client() = default;

std::optional<std::chrono::seconds> Client::clock_ahead() const {
  const auto offset = clock_ahead_.load();
  return offset == kUnknownOffset ? std::nullopt : std::optional(offset);
}

http::Request Client::MakeRequest(const ApiCall& call, const Credentials& credentials) const {
  http::Request request{.url = settings_.EndpointOf(call.service),
                        .headers = call.headers,
                        .body = call.body,
                        .signature = std::nullopt,
                        .connect_timeout = {},
                        .total_timeout = {},
                        .secrets = call.secrets};
  if (credentials_ != nullptr) {
    request.signature = http::Signature{.region = settings_.region,
                                        .service = std::string(call.service.signing_name),
                                        .access_key_id = credentials.access_key_id,
                                        .secret_access_key = credentials.secret_access_key,
                                        .session_token = credentials.session_token};
  }
  return request;
}

Result<Credentials> Client::Prepare(const ApiCall& call, const Deadline& deadline,
                                    const Result<void>& last, int attempts) const {
  auto turn = pacing_.limiter.Acquire(pacing_.scope, call.service, call.action, deadline);
  if (!turn) return tl::unexpected(WithoutTurn(std::move(turn).error(), last, attempts));
  auto credentials = credentials_ != nullptr ? credentials_->Get(deadline) : Credentials();
  if (credentials && !last && clock_.Steady() >= deadline.at)
    return tl::unexpected(AfterAttempts(last.error(), attempts));
  return credentials;
}

Result<void> Client::MakeAttempt(const ApiCall& call, const Decode& decode,
                                 const Credentials& credentials, const Deadline& deadline,
                                 std::size_t& received) const {
  // NOLINTNEXTLINE(misc-include-cleaner): ceil is of <chrono>
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.at - clock_.Steady());
  if (left <= std::chrono::milliseconds(0)) {
    return support::Fail(
        ErrorKind::kTimeout,
        NameOf(call) + ": the time for the whole refresh is over; see --refresh-timeout");
  }
  auto request = MakeRequest(call, credentials);
  request.connect_timeout = std::min(timeouts_.connect, left);
  request.total_timeout = std::min(timeouts_.total, left);
  request.stall_timeout = timeouts_.stall;
  auto response = transport_.Perform(request, deadline.stop);
  if (!response)
    return tl::unexpected(support::Annotate(NameOf(call), std::move(response).error()));
  received = response->body.size();
  const auto ahead = response->clock_ahead;
  if (ahead) clock_ahead_ = *ahead;
  if (response->status >= 300) {
    const auto permission = fmt::format("{}:{}", call.service.signing_name, call.action);
    return tl::unexpected(
        MakeError(NameOf(call), permission, ReadServiceError(*response), *response));
  }
  auto decoded = DecodeBody(decode, response->body);
  if (decoded) return {};
  auto error = std::move(decoded).error();
  error.message = transport_.WithoutSecrets(error.message, request);
  return tl::unexpected(support::Annotate(NameOf(call), std::move(error)));
}

Result<void> Client::DecodeBody(const Decode& decode, const std::string& body) const {
  const support::MutexLock lock(decoding_);
  auto decoded = decode(body, parser_.get());
  if (body.size() > kLargeBody) parser_ = std::make_unique<JsonParser>();
  return decoded;
}

void Client::Record(const ApiCall& call, const Result<void>& result, bool is_retry,
                    std::size_t received) const {
  auto& limiter = pacing_.limiter;
  if (result) {
    limiter.Passed(pacing_.scope, call.service, call.action);
  } else if (result.error().kind == ErrorKind::kThrottled) {
    limiter.Throttled(pacing_.scope, call.service, call.action);
  }
  if (pacing_.stats == nullptr) return;
  pacing_.stats->Count({.service = call.service,
                        .action = call.action,
                        .is_retry = is_retry,
                        .bytes = received,
                        .error = result ? nullptr : &result.error()});
}

void Client::LogRetry(const ApiCall& call, const support::Error& error, int attempt,
                      std::chrono::milliseconds wait) const {
  log_.Debug("call failed, trying again", {{.key = "call", .value = NameOf(call)},
                                           {.key = "attempt", .value = attempt},
                                           {.key = "wait_ms", .value = wait.count()},
                                           {.key = "error", .value = error.message}});
}

Result<void> Client::Call(const ApiCall& call, const Decode& decode,
                          const Deadline& deadline) const {
  bool renewed = false;
  Result<void> last;  // what AWS said to the attempt before, unless that is mended
  const auto attempt = [&](int number) -> aws::Attempt<void> {
    auto credentials = Prepare(call, deadline, last, number - 1);
    if (!credentials) {
      return {.result = tl::unexpected(std::move(credentials).error()),
              .after = AfterFailure::kGiveUp};
    }
    std::size_t received = 0;
    last = MakeAttempt(call, decode, *credentials, deadline, received);
    Record(call, last, number > 1, received);
    const bool stale = !last && last.error().kind == ErrorKind::kExpired;
    if (!stale || credentials_ == nullptr || std::exchange(renewed, true)) return {.result = last};
    credentials_->Discard(*credentials);
    return {.result = std::exchange(last, {}), .after = AfterFailure::kAtOnce};
  };
  return Retry<void>(clock_, deadline, PolicyFor(call), attempt);
}

RetryPolicy Client::PolicyFor(const ApiCall& call) const {
  return {.counts = true,
          .stopped = NameOf(call) + ": stopped",
          .before_wait = [this, &call](const Error& error, int attempt,
                                       std::chrono::milliseconds wait) {
            LogRetry(call, error, attempt, wait);
          }};
}

}  // namespace ecsd::aws
