#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace ecsd::app {

// Turns signals into calls, on a thread of its own: SIGTERM and SIGINT request a stop, SIGHUP calls
// `on_hangup`. Must be made before any other thread, for it blocks these signals for all threads to
// come.
class Signals {
 public:
  Signals(std::stop_source stop, std::function<void()> on_hangup);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace ecsd::app
