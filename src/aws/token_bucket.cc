#include "aws/token_bucket.h"

#include <algorithm>
#include <chrono>

#include "aws/call_limits.h"
#include "support/clock.h"

namespace ecsd::aws {
namespace {

using Seconds = std::chrono::duration<double>;

// What calls gain on each other on their way to AWS, and clocks of different speed.
constexpr double kBurstMargin = 2;
constexpr double kRateMargin = 0.99;

constexpr double kBackOff = 0.5;
// Of the published rate: whoever uses up the rest, it is for them to slow down. Less would let one
// cluster whose calls are always throttled keep the others from being read in time.
constexpr double kLeastShare = 0.1;
// Calls a second, so that a bucket never stands still, however small the share.
constexpr double kSlowest = 0.5;
constexpr Seconds kRecovery{60};
constexpr std::chrono::seconds kOneBlow{1};

}  // namespace

TokenBucket::TokenBucket(const CallLimit& published, double share, support::SteadyTime now)
    : shared_capacity_(std::max(published.burst * share, 1.0)),
      shared_rate_(std::max(published.per_second * share, kSlowest)),
      capacity_(std::max((published.burst * std::max(share, 1.0)) - kBurstMargin, 1.0)),
      slowest_rate_(std::min(shared_rate_, std::max(published.per_second * kLeastShare, kSlowest))),
      highest_rate_(published.per_second * std::max(share, 1.0) * kRateMargin),
      rate_(highest_rate_),
      tokens_(capacity_),
      filled_(now),
      slowed_(now - kOneBlow) {}

void TokenBucket::Refill(support::SteadyTime now) {
  if (now <= filled_) return;
  const double passed = Seconds(now - filled_).count();
  filled_ = now;
  const double before = rate_;
  rate_ = std::min(rate_ + (shared_rate_ * passed / kRecovery.count()), highest_rate_);
  tokens_ = std::min(tokens_ + ((before + rate_) / 2 * passed), capacity_);
}

support::SteadyTime TokenBucket::Take(support::SteadyTime now) {
  Refill(now);
  tokens_ -= 1;
  if (tokens_ >= 0) return now;
  return now + std::chrono::ceil<support::SteadyTime::duration>(Seconds(-tokens_ / rate_));
}

void TokenBucket::Settle(support::SteadyTime now) {
  Refill(now);
  if (settled_) return;
  settled_ = true;
  capacity_ = shared_capacity_;
  highest_rate_ = shared_rate_;
  rate_ = std::min(rate_, highest_rate_);
  tokens_ = std::min(tokens_, capacity_);
}

void TokenBucket::SlowDown(support::SteadyTime now) {
  Refill(now);
  if (now - slowed_ < kOneBlow) return;
  slowed_ = now;
  rate_ = std::max(rate_ * kBackOff, slowest_rate_);
  tokens_ = std::min(tokens_, 0.0);
  Settle(now);
}

}  // namespace ecsd::aws
