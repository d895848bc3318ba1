#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "support/clock.h"

namespace ecsd::test {

// Time that moves only when it is told to, or by as much as somebody sleeps. Any thread may call.
class FakeClock final : public support::Clock {
 public:
  explicit FakeClock(support::SystemTime now = support::SystemTime(std::chrono::days(20'000)))
      : now_(now) {}

  [[nodiscard]] support::SystemTime Now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }

  [[nodiscard]] support::SteadyTime Steady() const override {
    const std::scoped_lock lock(mutex_);
    return steady_;
  }

  // Returns at once, with the time moved to `when`; the length of the sleep is kept.
  [[nodiscard]] bool SleepUntil(const std::stop_token& stop,
                                support::SteadyTime when) const override {
    if (on_sleep_) on_sleep_();
    if (stop.stop_requested()) return false;
    const std::scoped_lock lock(mutex_);
    const auto length = when - steady_;
    slept_.push_back(length);
    if (length.count() > 0) Move(length);
    return true;
  }

  // Lets both kinds of time pass.
  void Advance(support::SteadyTime::duration by) {
    const std::scoped_lock lock(mutex_);
    Move(by);
  }

  // Calendar time only, as when the clock of the machine is set.
  void SetNow(support::SystemTime now) {
    const std::scoped_lock lock(mutex_);
    now_ = now;
  }

  // Called at the start of every sleep; set before the clock is used by other threads.
  void OnSleep(std::function<void()> call) { on_sleep_ = std::move(call); }

  // The lengths of the sleeps so far.
  [[nodiscard]] std::vector<support::SteadyTime::duration> slept() const {
    const std::scoped_lock lock(mutex_);
    return slept_;
  }

 private:
  void Move(support::SteadyTime::duration by) const {
    steady_ += by;
    now_ += by;
  }

  std::function<void()> on_sleep_;
  mutable std::mutex mutex_;
  mutable support::SystemTime now_;
  mutable support::SteadyTime steady_{std::chrono::hours(1)};
  mutable std::vector<support::SteadyTime::duration> slept_;
};

}  // namespace ecsd::test
