#pragma once

#include <chrono>

#include "aws/call_limits.h"
#include "support/clock.h"

namespace ecsd::aws {

// Our own copy of one of AWS' token buckets, with the rate that we allow ourselves.
// - First the published limit, less a little for what arrives closer together than it was sent.
// - From Settle or the first throttled answer on only `share` of it, for others call as well.
// - Each throttled answer halves the rate (those of calls that were sent together count once); it
//   comes back in equal steps, from nothing to all within a minute. A tenth of the published rate
//   is kept.
// Used by one thread at a time.
class TokenBucket {
 public:
  // Requires: 0 < share. More than 1: AWS has raised the limit so many times, and then all of it is
  // used always. The bucket is full at first, as an unused one of AWS is.
  TokenBucket(const CallLimit& published, double share, support::SteadyTime now);

  // Takes a token and returns when the call may be made: `now`, or later when none is left. First
  // come, first served.
  [[nodiscard]] support::SteadyTime Take(support::SteadyTime now);
  // Gives back a token that was taken for a call that was not made.
  void GiveBack() { tokens_ += 1; }

  void Settle(support::SteadyTime now);
  void SlowDown(support::SteadyTime now);

  [[nodiscard]] double capacity() const { return capacity_; }
  [[nodiscard]] double rate() const { return rate_; }  // tokens a second, now
  // As of the last Take, Settle or SlowDown; below zero while calls wait.
  [[nodiscard]] double tokens() const { return tokens_; }

 private:
  void Refill(support::SteadyTime now);

  double shared_capacity_;
  double shared_rate_;
  double capacity_;
  double slowest_rate_;
  double highest_rate_;
  double rate_;
  double tokens_;
  bool settled_ = false;
  support::SteadyTime filled_;  // until when the tokens are counted
  support::SteadyTime slowed_;
};

}  // namespace ecsd::aws
