#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "support/clock.h"

namespace ecsd::app {

// A wait that another thread can cut short: SIGHUP asks for a refresh now. Any thread may ring.
class Alarm {
 public:
  // Waits until `when`, until somebody rings, or until `stop` is requested; false when stopped. A
  // ring that nobody waited for cuts the next wait short.
  bool WaitUntil(const std::stop_token& stop, support::SteadyTime when) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, when, [this] { return rung_; });
    rung_ = false;
    return !stop.stop_requested();
  }

  void Ring() {
    const std::scoped_lock lock(mutex_);
    rung_ = true;
    wake_.notify_all();
  }

 private:
  // A plain std::mutex: condition_variable_any unlocks and locks it in ways that Clang's analysis
  // cannot follow.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool rung_ = false;  // guarded by mutex_
};

}  // namespace ecsd::app
