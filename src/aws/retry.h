#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/draw.h"
#include "support/result.h"

namespace ecsd::aws {

// How long to wait before trying a failed call again; nothing when it is not worth it. Exponential
// back-off with full jitter: a share `draw` in [0, 1) of base * 2^(attempt - 1), at most 20 s (AWS
// SDKs and Tools Reference Guide, "Retry behavior"). The base is 1 s for throttling, which is a
// normal answer and tried often, and 50 ms for everything else that may pass by itself. `attempt`
// counts from 1.
[[nodiscard]] std::optional<std::chrono::milliseconds> RetryDelay(support::ErrorKind kind,
                                                                  int attempt, double draw);

// `error` with the number of attempts that led to it, where there was more than one.
[[nodiscard]] support::Error AfterAttempts(support::Error error, int attempts);

// What differs between those who retry.
struct RetryPolicy {
  // At most so many attempts, beside what RetryDelay allows for the kind of failure.
  int attempts = std::numeric_limits<int>::max();
  // Whether the error of several attempts says how many there were.
  bool counts = false;
  // The message when the program is stopped between two attempts.
  std::string stopped = "stopped";
  // Told of each failed attempt that is followed by another after `wait`; may be empty.
  std::function<void(const support::Error& error, int attempt, std::chrono::milliseconds wait)>
      before_wait;
};

// What comes after a failed attempt.
enum class AfterFailure : std::uint8_t {
  kAsItsKind,  // what RetryDelay and the policy say
  kAtOnce,     // another attempt without a wait: what failed is mended
  kGiveUp,     // the failure is final, whatever its kind
};

template <typename T>
struct Attempt {
  support::Result<T> result;
  AfterFailure after = AfterFailure::kAsItsKind;
};

// Calls `attempt(number)`, which returns an Attempt<T>, with 1, 2, ... until one succeeds or there
// is to be no other, and returns the result of the last one. The only loop that retries.
// Invariant: nothing is waited for that would end at the deadline or later; what failed last is the
// error then. A failure because of a stop is returned as it is.
template <typename T, typename Try>
[[nodiscard]] support::Result<T> Retry(const support::Clock& clock, const Deadline& deadline,
                                       const RetryPolicy& policy, const Try& attempt) {
  for (int number = 1;; ++number) {
    Attempt<T> made = attempt(number);
    auto& result = made.result;
    if (result || made.after == AfterFailure::kGiveUp) return std::move(result);
    if (made.after == AfterFailure::kAtOnce) continue;
    if (result.error().kind == support::ErrorKind::kCancelled) return std::move(result);
    const auto delay = number < policy.attempts
                           ? RetryDelay(result.error().kind, number, support::Draw())
                           : std::nullopt;
    const auto again = clock.Steady() + delay.value_or(std::chrono::milliseconds(0));
    if (!delay || again >= deadline.at) {
      if (!policy.counts) return std::move(result);
      return tl::unexpected(AfterAttempts(std::move(result).error(), number));
    }
    if (policy.before_wait) policy.before_wait(result.error(), number, *delay);
    if (!clock.SleepUntil(deadline.stop, again)) {
      return support::Fail(support::ErrorKind::kCancelled, policy.stopped);
    }
  }
}

}  // namespace ecsd::aws
