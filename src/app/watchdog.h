#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "telemetry/log.h"

namespace ecsd::app {

// Ends a process that is stuck where nothing else can end it: in a write to a dead network file
// system, or anywhere else beyond the time that was given for it. One thread tells it what the
// program does; it watches on a thread of its own.
//
// It counts only time in which it could have run itself. A process that was stopped or frozen, on a
// machine that was asleep or has far too much to do, is slow and not stuck.
class Watchdog {
 public:
  struct Limits {
    // Between a request to stop and the end of the process.
    std::chrono::milliseconds stop = std::chrono::seconds(5);
    // How often it looks.
    std::chrono::milliseconds tick = std::chrono::milliseconds(500);
  };
  // What it does to a stuck process: `doing` is what that was doing, `seconds` for how long.
  using End = std::function<void(const std::string& doing, std::chrono::seconds seconds)>;
  // What it does at each look that finds a process which is not stuck.
  using SignOfLife = std::function<void()>;

  // `stop` is the token of the request to stop the program. `end` is called at most once, and both
  // on the watchdog's thread. Neither may wait.
  Watchdog(std::stop_token stop, Limits limits, End end, SignOfLife sign = {});
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

  // From now on the program is `doing` something, which takes less than `limit`.
  void Expect(std::string doing, std::chrono::nanoseconds limit);
  // From now on it may take any time over `doing`, until it is to stop.
  void Allow(std::string doing) { Expect(std::move(doing), std::chrono::nanoseconds::max()); }

 private:
  void Watch(const std::stop_token& ending);

  const std::stop_token stop_;
  const Limits limits_;
  const End end_;
  const SignOfLife sign_;
  // A plain std::mutex: condition_variable_any unlocks and locks it in ways that Clang's analysis
  // cannot follow.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string doing_ = "starting";                                   // guarded by mutex_
  std::chrono::nanoseconds left_ = std::chrono::nanoseconds::max();  // guarded by mutex_
  std::chrono::nanoseconds spent_{};                                 // guarded by mutex_
  std::jthread thread_;
};

// How far a refresh may go beyond its own deadline before it is stuck: every call and wait ends at
// the deadline, and what is left to do then takes seconds.
inline constexpr std::chrono::minutes kRefreshMargin{1};

// Says on standard error, if that takes it at once, that the process is stuck in `doing` and ends,
// and ends it with kExitStuck. Nothing is tidied up.
[[noreturn]] void EndStuckProcess(const std::string& doing, std::chrono::seconds seconds,
                                  telemetry::LogFormat format);

}  // namespace ecsd::app
