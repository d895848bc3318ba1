#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace ecsd::sim {

// Calls functions later, from one thread of its own. Any thread may call it.
class DelayLine {
 public:
  using Clock = std::chrono::steady_clock;
  // Later than anything: only Close ends the wait.
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  DelayLine();
  ~DelayLine();
  DelayLine(const DelayLine&) = delete;
  DelayLine& operator=(const DelayLine&) = delete;

  // Calls `before` now and `wake` at `due` or when the line is closed, in this order and never at
  // the same time as Close. False, with neither called, when it is closed already.
  [[nodiscard]] bool Hold(Clock::time_point due, const std::function<void()>& before,
                          std::function<void()> wake);

  // Wakes all that are held; nothing can be held after.
  void Close();

 private:
  void Run(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::multimap<Clock::time_point, std::function<void()>> held_;  // guarded by mutex_
  bool closed_ = false;                                           // guarded by mutex_
  std::jthread thread_;
};

}  // namespace ecsd::sim
