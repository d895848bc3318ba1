#pragma once

#include <signal.h>  // NOLINT(modernize-deprecated-headers): masks are POSIX

namespace ecsd::output {

// While it lives, a write of this thread to a pipe without a reader, or beyond the process's file
// size limit, is an error of that write (EPIPE, EFBIG) and not the end of the process, whatever the
// process has made of SIGPIPE and SIGXFSZ.
class SignalShield {
 public:
  SignalShield();
  SignalShield(const SignalShield&) = delete;
  SignalShield& operator=(const SignalShield&) = delete;
  ~SignalShield();

 private:
  sigset_t ours_{};  // those that were not pending before
  sigset_t mask_{};  // as it was before
};

}  // namespace ecsd::output
