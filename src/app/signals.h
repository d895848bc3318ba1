#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace ecsd::app {

// SIGTERM, SIGINT and SIGHUP, which wait for `Signals` while they are blocked. Blocking them is the
// first thing that the program does, before the initialisers of its libraries run: a SIGHUP, which
// asks for a refresh, would end it before. (What comes while the dynamic loader still works does.)
// May be called before main().
void BlockSignals();
// Back to what they do by themselves, for what prints a few lines and ends.
void UnblockSignals();
// Whether SIGHUP was ignored when the program started, as nohup(1) does.
[[nodiscard]] bool IsHangUpIgnored();

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
