#include "output/signal_shield.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): masks are POSIX

#include <ctime>
#include <initializer_list>

namespace ecsd::output {

SignalShield::SignalShield() {
  sigset_t pending;  // NOLINT(misc-include-cleaner): of <signal.h>, whatever glibc puts it in
  sigemptyset(&pending);
  sigpending(&pending);
  sigset_t both;
  sigemptyset(&both);
  sigemptyset(&ours_);
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    sigaddset(&both, signal);
    if (sigismember(&pending, signal) == 0) sigaddset(&ours_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &both, &mask_);
}

SignalShield::~SignalShield() {
  // Both signals are sent to the thread that writes, so whatever has become pending is ours to
  // take.
  const timespec at_once{};
  while (sigtimedwait(&ours_, nullptr, &at_once) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

}  // namespace ecsd::output
