#include "aws/limiter.h"

#include <fmt/core.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/call_limits.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/token_bucket.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// Without a throttled answer for so long, an episode of throttling is over.
constexpr std::chrono::seconds kCalm{60};

// Which bucket; whose it is only where that is known.
std::vector<telemetry::Field> AboutBucket(const LimitScope& scope, std::string_view bucket) {
  std::vector<telemetry::Field> fields = {{.key = "bucket", .value = std::string(bucket)},
                                          {.key = "region", .value = scope.region}};
  if (!scope.account.empty()) fields.push_back({.key = "account", .value = scope.account});
  return fields;
}

}  // namespace

Limiter::Limiter(double share, const support::Clock& clock, const telemetry::Log& log)
    : share_(share), clock_(clock), log_(log) {}

Limiter::Entry& Limiter::EntryOf(const LimitScope& scope, const CallLimit& limit) {
  const Key key{scope, limit.bucket};
  const auto found = entries_.find(key);
  if (found != entries_.end()) return found->second;
  const auto now = clock_.Steady();
  TokenBucket bucket(limit, share_, now);
  if (settled_.contains(scope)) bucket.Settle(now);
  return entries_.emplace(key, Entry{.bucket = bucket, .throttling = telemetry::Reminder(clock_)})
      .first->second;
}

Result<void> Limiter::Acquire(const LimitScope& scope, const Service& service,
                              std::string_view action, const Deadline& deadline) {
  const auto limit = LimitOf(service, action);
  const auto now = clock_.Steady();
  support::SteadyTime turn;
  {
    const support::MutexLock lock(mutex_);
    auto& entry = EntryOf(scope, limit);
    turn = entry.bucket.Take(now);
    if (turn > now && turn >= deadline.at) {
      entry.bucket.GiveBack();
    } else {
      ++entry.calls;
      entry.waited += turn - now;
    }
  }
  if (turn <= now) return {};
  if (turn >= deadline.at) {
    return Fail(ErrorKind::kTimeout,
                fmt::format("{} {}: its turn under AWS' limit for {} comes after the time for the "
                            "whole refresh; see --refresh-timeout and --aws.rate-share",
                            service.id, action, limit.bucket));
  }
  if (clock_.SleepUntil(deadline.stop, turn)) return {};
  return Fail(ErrorKind::kCancelled, fmt::format("{} {}: stopped", service.id, action));
}

void Limiter::Throttled(const LimitScope& scope, const Service& service, std::string_view action) {
  const auto limit = LimitOf(service, action);
  double rate = 0;
  std::optional<telemetry::Episode> episode;
  {
    const support::MutexLock lock(mutex_);
    const auto now = clock_.Steady();
    auto& entry = EntryOf(scope, limit);
    entry.bucket.SlowDown(now);
    ++entry.throttled;
    entry.last_throttled = now;
    episode = entry.throttling.Met();
    rate = entry.bucket.rate();
  }
  if (!episode) return;
  auto fields = AboutBucket(scope, limit.bucket);
  fields.push_back({.key = "calls_per_second", .value = std::round(rate * 10) / 10});
  log_.Write(telemetry::LogLevel::kWarn, "AWS throttles calls; calling more slowly",
             episode->With(std::move(fields)));
}

void Limiter::Passed(const LimitScope& scope, const Service& service, std::string_view action) {
  const auto limit = LimitOf(service, action);
  std::optional<telemetry::Episode> episode;
  {
    const support::MutexLock lock(mutex_);
    auto& entry = EntryOf(scope, limit);
    if (!entry.throttling.lasts() || clock_.Steady() - entry.last_throttled < kCalm) return;
    episode = entry.throttling.Ended();
  }
  auto fields = AboutBucket(scope, limit.bucket);
  fields.push_back({.key = "throttled_calls", .value = episode->times});
  log_.Write(telemetry::LogLevel::kInfo, "AWS no longer throttles calls", fields);
}

void Limiter::Settle(const LimitScope& scope) {
  const support::MutexLock lock(mutex_);
  if (!settled_.insert(scope).second) return;
  const auto now = clock_.Steady();
  for (auto& [key, entry] : entries_) {
    if (std::get<LimitScope>(key) == scope) entry.bucket.Settle(now);
  }
}

std::vector<BucketView> Limiter::View() const {
  const support::MutexLock lock(mutex_);
  std::vector<BucketView> views;
  views.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) {
    const auto& [scope, bucket] = key;
    views.push_back({.scope = scope,
                     .bucket = bucket,
                     .capacity = entry.bucket.capacity(),
                     .rate = entry.bucket.rate(),
                     .tokens = entry.bucket.tokens(),
                     .calls = entry.calls,
                     .throttled = entry.throttled,
                     .waited = entry.waited});
  }
  return views;
}

}  // namespace ecsd::aws
