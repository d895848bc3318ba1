#include "app/signals.h"

#include <csignal>
#include <functional>
#include <stop_token>
#include <utility>

namespace ecsd::app {
namespace {

sigset_t Watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  return set;
}

}  // namespace

Signals::Signals(std::stop_source stop, std::function<void()> on_hangup) {
  const auto watched = Watched();
  pthread_sigmask(SIG_BLOCK, &watched, nullptr);
  thread_ = std::jthread([watched, source = std::move(stop),
                          hang_up = std::move(on_hangup)](const std::stop_token& ending) mutable {
    int number = 0;
    while (sigwait(&watched, &number) == 0 && !ending.stop_requested()) {
      if (number == SIGHUP) {
        hang_up();
      } else {
        source.request_stop();
      }
    }
  });
}

Signals::~Signals() {
  thread_.request_stop();
  pthread_kill(thread_.native_handle(), SIGHUP);  // ends its sigwait
}

}  // namespace ecsd::app
