#include "aws/retry.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "support/result.h"

namespace ecsd::aws {
namespace {

struct Policy {
  int attempts;
  std::chrono::milliseconds base;
};

constexpr Policy kNever{.attempts = 1, .base = {}};
// Three attempts, as the AWS SDKs make.
constexpr Policy kTransient{.attempts = 3, .base = std::chrono::milliseconds(50)};
// About a minute and a half on average; the refresh's deadline may end it sooner.
constexpr Policy kThrottled{.attempts = 12, .base = std::chrono::seconds(1)};
constexpr std::chrono::milliseconds kLongestDelay = std::chrono::seconds(20);

Policy PolicyFor(support::ErrorKind kind) {
  switch (kind) {
    case support::ErrorKind::kThrottled:
      return kThrottled;
    case support::ErrorKind::kTransport:
    case support::ErrorKind::kTimeout:
    case support::ErrorKind::kServer:
    case support::ErrorKind::kMalformed:
      return kTransient;
    case support::ErrorKind::kConfig:
    case support::ErrorKind::kCancelled:
    case support::ErrorKind::kExpired:
    case support::ErrorKind::kCredentials:
    case support::ErrorKind::kClockSkew:
    case support::ErrorKind::kDenied:
    case support::ErrorKind::kNotFound:
    case support::ErrorKind::kUnsupported:
    case support::ErrorKind::kRejected:
    case support::ErrorKind::kIo:
    case support::ErrorKind::kResource:
      break;
  }
  return kNever;
}

}  // namespace

std::optional<std::chrono::milliseconds> RetryDelay(support::ErrorKind kind, int attempt,
                                                    double draw) {
  const auto policy = PolicyFor(kind);
  if (attempt >= policy.attempts) return std::nullopt;
  auto longest = policy.base;
  for (int i = 1; i < attempt && longest < kLongestDelay; ++i) longest *= 2;
  longest = std::min(longest, kLongestDelay);
  return std::chrono::duration_cast<std::chrono::milliseconds>(longest * draw);
}

support::Error AfterAttempts(support::Error error, int attempts) {
  if (attempts > 1) error.message += fmt::format(" (after {} attempts)", attempts);
  return error;
}

}  // namespace ecsd::aws
