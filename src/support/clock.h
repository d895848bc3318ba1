#pragma once

#include <chrono>
#include <stop_token>
#include <utility>

namespace ecsd::support {

using SystemTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

// Time as the world has it; a test passes its own. Any thread may call.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  // Calendar time, for expiry and logs; it may jump.
  [[nodiscard]] virtual SystemTime Now() const = 0;
  // Never goes back; for deadlines and intervals.
  [[nodiscard]] virtual SteadyTime Steady() const = 0;
  // Waits until `when`, or until `stop` is requested; false when stopped.
  [[nodiscard]] virtual bool SleepUntil(const std::stop_token& stop, SteadyTime when) const = 0;
};

class RealClock final : public Clock {
 public:
  [[nodiscard]] SystemTime Now() const override;
  [[nodiscard]] SteadyTime Steady() const override;
  [[nodiscard]] bool SleepUntil(const std::stop_token& stop, SteadyTime when) const override;
};

// The result of `call`, and how long it took.
template <typename Call>
auto Timed(const Clock& clock, const Call& call) {
  const auto start = clock.Steady();
  auto result = call();
  return std::pair(std::move(result), std::chrono::nanoseconds(clock.Steady() - start));
}

}  // namespace ecsd::support
