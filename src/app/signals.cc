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

void BlockSignals() {
  const auto watched = Watched();
  pthread_sigmask(SIG_BLOCK, &watched, nullptr);
}

void UnblockSignals() {
  const auto watched = Watched();
  pthread_sigmask(SIG_UNBLOCK, &watched, nullptr);
}

bool IsHangUpIgnored() {
  struct sigaction action{};
  return sigaction(SIGHUP, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;  // NOLINT(*-union-access, *-cstyle-cast): of POSIX
}

Signals::Signals(std::stop_source stop, std::function<void()> on_hangup) {
  BlockSignals();
  const auto watched = Watched();
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
