#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace ecsd::support {

// What went wrong, as far as it decides what to do next. Set once, where the failure is first seen,
// and never worked out again from the text of a message.
enum class ErrorKind : std::uint8_t {
  kConfig,       // a flag, a file or the environment must be changed; never retried
  kCancelled,    // the program was asked to stop
  kTransport,    // no whole answer: name look-up, connection, TLS, reset
  kTimeout,      // a deadline passed
  kThrottled,    // the service asked for fewer calls
  kServer,       // the service failed (5xx)
  kMalformed,    // an answer that cannot be understood
  kExpired,      // the credentials are stale: renew them once and repeat the call
  kCredentials,  // no credentials, or the service does not accept them
  kClockSkew,    // refused because the local clock is wrong
  kDenied,       // a permission is missing
  kNotFound,     // the named object does not exist
  kUnsupported,  // the service does not know a parameter that was sent
  kRejected,     // the service refused the request for another reason
  kIo,           // a local file or directory
  kResource,     // of this machine, taken or used up: the next start may get it
};

inline constexpr std::size_t kErrorKinds = 16;

// The name of a kind in metrics: "clock_skew".
[[nodiscard]] std::string_view NameOf(ErrorKind kind);

// `message` is one line for an operator: what was being done, to which thing, what came back, what
// to do. It never holds a secret.
struct Error {
  ErrorKind kind = ErrorKind::kConfig;
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> Fail(ErrorKind kind, std::string message) {
  return tl::unexpected(Error{.kind = kind, .message = std::move(message)});
}

// Prefixes `error` with what the caller was doing: "describe tasks in prod: throttled".
[[nodiscard]] inline Error Annotate(std::string_view doing, Error error) {
  error.message.insert(0, std::string(doing) + ": ");
  return error;
}

}  // namespace ecsd::support
