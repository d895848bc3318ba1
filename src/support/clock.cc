#include "support/clock.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace ecsd::support {

SystemTime RealClock::Now() const {
  return std::chrono::system_clock::now();
}

SteadyTime RealClock::Steady() const {
  return std::chrono::steady_clock::now();
}

bool RealClock::SleepUntil(const std::stop_token& stop, SteadyTime when) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, when, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace ecsd::support
