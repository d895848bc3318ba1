#pragma once

#include <chrono>
#include <map>
#include <string_view>

#include "sim/answer.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::sim {

// AWS's published token buckets for one account in one region, full at first: ECS API Reference,
// "Request throttling"; EC2 Developer Guide, "Request throttling". Actions without a published
// bucket are not limited. Any thread may call it.
class CallBuckets {
 public:
  using Clock = std::chrono::steady_clock;

  // `share` of the published size and rate is there, as when others use up the rest.
  explicit CallBuckets(double share = 1) : share_(share) {}

  // Takes a token for a call of `operation`; false: there is none, the call is throttled.
  [[nodiscard]] bool Take(Protocol protocol, std::string_view operation, Clock::time_point now)
      ECSD_EXCLUDES(mutex_);

 private:
  struct Level {
    double tokens = 0;
    Clock::time_point filled;
  };

  const double share_;
  support::Mutex mutex_;
  std::map<std::string_view, Level> levels_ ECSD_GUARDED_BY(mutex_);  // by the bucket's name
};

}  // namespace ecsd::sim
