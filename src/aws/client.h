#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/cached_credentials.h"
#include "aws/call_stats.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/limiter.h"
#include "aws/retry.h"
#include "aws/settings.h"
#include "http/transport.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/thread_annotations.h"
#include "telemetry/log.h"

namespace ecsd::aws {

struct JsonParser;  // of aws/json_answer.h

struct CallTimeouts {
  std::chrono::milliseconds connect{};  // per attempt: name look-up, connection and TLS
  std::chrono::milliseconds total{};    // per attempt: until the answer is whole
  // Per attempt: longest time without a byte once the request was sent; zero: `total`.
  std::chrono::milliseconds stall{};
};

// The `stall` that goes with `total`: 10 s, and a third of a `total` above 30 s, so that who raises
// --aws.call-timeout for a slow network gives a slow first byte more time too.
[[nodiscard]] std::chrono::milliseconds StallTimeout(std::chrono::milliseconds total);

// Whose turn it is to call, under whose limits, and who counts.
struct CallPacing {
  Limiter& limiter;
  LimitScope scope;
  CallStats* stats = nullptr;  // told of every try; null: nobody is
};

// One API call as bytes.
struct ApiCall {
  Service service;
  std::string_view action;           // "ListTasks"
  std::vector<std::string> headers;  // those of the protocol
  std::string body;
  std::vector<support::Secret> secrets;  // of the body, such as a token
};

// Makes calls: signs, sends, classifies what comes back, and repeats what may pass by itself within
// the deadline; stale credentials are renewed once. Each try waits for its turn under AWS' limits.
// Any thread may call; answers are decoded one at a time, for that takes several times their size
// in memory. The references must outlive it.
class Client {
 public:
  // Reads the body of a good answer; an error of it (kMalformed) is treated as a failed call.
  // `again` is a parser that it may use.
  using Decode = std::function<support::Result<void>(const std::string& body, JsonParser* again)>;

  Client(http::HttpTransport& transport, CachedCredentials& credentials, const Settings& settings,
         CallTimeouts timeouts, CallPacing pacing, const support::Clock& clock,
         const telemetry::Log& log);

  // For calls that are not signed (STS with a web identity).
  Client(http::HttpTransport& transport, const Settings& settings, CallTimeouts timeouts,
         CallPacing pacing, const support::Clock& clock, const telemetry::Log& log);
  ~Client();

  // How far the local clock is ahead of the last answer's Date; nothing before an answer that had
  // one.
  [[nodiscard]] std::optional<std::chrono::seconds> clock_ahead() const;

  [[nodiscard]] support::Result<void> Call(const ApiCall& call, const Decode& decode,
                                           const Deadline& deadline) const;

 private:
  static constexpr std::chrono::seconds kUnknownOffset = std::chrono::seconds::max();

  Client(http::HttpTransport& transport, CachedCredentials* credentials, const Settings& settings,
         CallTimeouts timeouts, CallPacing pacing, const support::Clock& clock,
         const telemetry::Log& log);

  [[nodiscard]] http::Request MakeRequest(const ApiCall& call,
                                          const Credentials& credentials) const;
  // What an attempt needs: its turn, keys, and time that is left. Where `last`, the one before it
  // after `attempts` of them, failed, that is why there is none.
  [[nodiscard]] support::Result<Credentials> Prepare(const ApiCall& call, const Deadline& deadline,
                                                     const support::Result<void>& last,
                                                     int attempts) const;
  [[nodiscard]] support::Result<void> MakeAttempt(const ApiCall& call, const Decode& decode,
                                                  const Credentials& credentials,
                                                  const Deadline& deadline,
                                                  std::size_t& received) const;
  [[nodiscard]] support::Result<void> DecodeBody(const Decode& decode,
                                                 const std::string& body) const
      ECSD_EXCLUDES(decoding_);
  // Tells the limiter and the counters how one try ended.
  void Record(const ApiCall& call, const support::Result<void>& result, bool is_retry,
              std::size_t received) const;
  // Lives no longer than `call`.
  [[nodiscard]] RetryPolicy PolicyFor(const ApiCall& call) const;
  void LogRetry(const ApiCall& call, const support::Error& error, int attempt,
                std::chrono::milliseconds wait) const;

  http::HttpTransport& transport_;
  CachedCredentials* const credentials_;  // null: calls are not signed
  const Settings& settings_;
  const CallTimeouts timeouts_;
  const CallPacing pacing_;
  const support::Clock& clock_;
  const telemetry::Log& log_;
  mutable std::atomic<std::chrono::seconds> clock_ahead_{kUnknownOffset};
  mutable support::Mutex decoding_;
  mutable std::unique_ptr<JsonParser> parser_ ECSD_GUARDED_BY(decoding_);
};

}  // namespace ecsd::aws
