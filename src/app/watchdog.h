#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "telemetry/log.h"

namespace ecsd::app {

// Ends a process that is stuck where nothing else can end it: in a write to a dead network file
// system, or anywhere else beyond the time that was given for it. The main thread tells it what the
// program does (Expect, Allow), the others what each of them does beside that (Begin); it watches
// on a thread of its own.
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
  using OnStuck = std::function<void(const std::string& doing, std::chrono::seconds seconds)>;
  // What it does at each look that finds a process which is not stuck.
  using SignOfLife = std::function<void()>;

  // `stop` is the token of the request to stop the program. `end` is called at most once, and both
  // on the watchdog's thread. Neither may wait.
  Watchdog(std::stop_token stop, Limits limits, OnStuck end, SignOfLife sign = {});
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

  // From now on the program is `doing` something, which takes less than `limit`.
  void Expect(std::string doing, std::chrono::nanoseconds limit);
  // From now on it may take any time over `doing`, until it is to stop.
  void Allow(std::string doing) { Expect(std::move(doing), std::chrono::nanoseconds::max()); }

  // Something that a thread does until this object ends. The watchdog must outlive it.
  class Work {
   public:
    Work(Watchdog& watchdog, std::uint64_t number) : watchdog_(watchdog), number_(number) {}
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    ~Work() { watchdog_.End(number_); }

   private:
    Watchdog& watchdog_;
    const std::uint64_t number_;
  };
  // From now on the calling thread is `doing` something, which takes less than `limit`.
  [[nodiscard]] Work Begin(std::string doing, std::chrono::nanoseconds limit);

 private:
  // What is being done, and how much of its time is left.
  struct Task {
    std::string doing;
    std::chrono::nanoseconds left = std::chrono::nanoseconds::max();
    std::chrono::nanoseconds spent{};
  };

  void End(std::uint64_t number);
  void Watch(const std::stop_token& ending);
  // Lets `passed` go by for all tasks. What is stuck, or (when it `must_stop`) what does not end;
  // null: nothing. Requires: mutex_ is held.
  [[nodiscard]] const Task* FindStuck(std::chrono::nanoseconds passed, bool must_stop);

  const std::stop_token stop_;
  const Limits limits_;
  const OnStuck end_;
  const SignOfLife sign_;
  // A plain std::mutex: condition_variable_any unlocks and locks it in ways that Clang's analysis
  // cannot follow.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  Task main_{.doing = "starting"};        // guarded by mutex_
  std::map<std::uint64_t, Task> others_;  // guarded by mutex_: by number
  std::uint64_t next_ = 0;                // guarded by mutex_
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
