#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "aws/call_limits.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/token_bucket.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::aws {

// Whose buckets a call draws from. `account` is what is known without asking AWS: the account id in
// the ARN of the role that is assumed, else empty, for the account of our own credentials. Sources
// that name the same account in these two ways have a bucket each; throttling corrects that.
struct LimitScope {
  std::string account;
  std::string region;
  friend auto operator<=>(const LimitScope&, const LimitScope&) = default;
};

// One bucket, for logs and metrics. Counts grow from the start of the process.
struct BucketView {
  LimitScope scope;
  std::string_view bucket;
  double capacity = 0;      // tokens it may hold
  double rate = 0;          // tokens it gains a second, now
  double tokens = 0;        // below zero while calls wait
  std::uint64_t calls = 0;  // tries that were let through
  std::uint64_t throttled = 0;
  std::chrono::nanoseconds waited{};  // by all calls together
};

// Keeps the calls of the whole process within AWS' limits: a token bucket for each account, region
// and bucket of AWS'. Any thread may call.
class Limiter {
 public:
  // `share` (above 0) of the published limits is what calls may use once there was a complete
  // refresh or a throttled answer; before, all of them, and always so much where it is above 1, for
  // accounts whose limits AWS has raised. The references must outlive this
  // object.
  Limiter(double share, const support::Clock& clock, const telemetry::Log& log);

  // Waits until a try of `action` may be made. kTimeout, at once, when its turn would come after
  // the deadline; kCancelled when stopped.
  [[nodiscard]] support::Result<void> Acquire(const LimitScope& scope, const Service& service,
                                              std::string_view action, const Deadline& deadline)
      ECSD_EXCLUDES(mutex_);

  // How a try ended. A throttling episode is logged when it starts, every 15 minutes, and when it
  // ends.
  void Throttled(const LimitScope& scope, const Service& service, std::string_view action)
      ECSD_EXCLUDES(mutex_);
  void Passed(const LimitScope& scope, const Service& service, std::string_view action)
      ECSD_EXCLUDES(mutex_);

  // What the account needs at a start has been read: from now on only the share is used.
  void Settle(const LimitScope& scope) ECSD_EXCLUDES(mutex_);

  // Every bucket that was used, in order of its names.
  [[nodiscard]] std::vector<BucketView> View() const ECSD_EXCLUDES(mutex_);

 private:
  using Key = std::tuple<LimitScope, std::string_view>;

  struct Entry {
    TokenBucket bucket;
    std::uint64_t calls = 0;
    std::uint64_t throttled = 0;
    std::chrono::nanoseconds waited{};
    telemetry::Reminder throttling;
    support::SteadyTime last_throttled;
  };

  [[nodiscard]] Entry& EntryOf(const LimitScope& scope, const CallLimit& limit)
      ECSD_REQUIRES(mutex_);

  const double share_;
  const support::Clock& clock_;
  const telemetry::Log& log_;
  mutable support::Mutex mutex_;
  std::map<Key, Entry> entries_ ECSD_GUARDED_BY(mutex_);
  std::set<LimitScope> settled_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::aws
