#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

#include "support/clock.h"

namespace ecsd::app {

// A wait that another thread can cut short: SIGHUP asks every source for a refresh now. Any thread
// may ring, and several may wait.
class Alarm {
 public:
  // The rings that one waiter has heard.
  using Heard = std::uint64_t;

  // Waits until `when`, until somebody rings, or until `stop` is requested; false when stopped. A
  // ring that this waiter did not wait for cuts its next wait short.
  bool WaitUntil(const std::stop_token& stop, support::SteadyTime when, Heard& heard) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, when, [&] { return rings_ != heard; });
    heard = rings_;
    return !stop.stop_requested();
  }

  void Ring() {
    const std::scoped_lock lock(mutex_);
    ++rings_;
    wake_.notify_all();
  }

 private:
  // A plain std::mutex: condition_variable_any unlocks and locks it in ways that Clang's analysis
  // cannot follow.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::uint64_t rings_ = 0;  // guarded by mutex_
};

}  // namespace ecsd::app
