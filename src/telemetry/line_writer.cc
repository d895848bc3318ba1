#include "telemetry/line_writer.h"

#include <linux/limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigpending and sigtimedwait are POSIX
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <ctime>

namespace ecsd::telemetry {
namespace {

// How long the first line waits for a reader that takes nothing; less than the second in which the
// program ends when it is told.
constexpr int kPatienceMilliseconds = 400;

// While it lives, writing to a pipe without a reader fails with EPIPE and raises nothing: the
// signal is blocked for this thread, and one that our write raised is taken away again.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipeSignal() {
    constexpr timespec kNow = {};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &kNow);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

bool BecomesWritable(int descriptor, int milliseconds) {
  pollfd entry{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return poll(&entry, 1, milliseconds) == 1;
}

}  // namespace

// In pieces that a pipe which poll calls writable takes at once, for the descriptor may be in
// blocking mode.
std::size_t LineWriter::WriteAll(std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    if (!BecomesWritable(descriptor_, stalled_ ? 0 : kPatienceMilliseconds)) {
      stalled_ = true;
      break;
    }
    const auto piece = text.substr(done, PIPE_BUF);
    const ssize_t written = write(descriptor_, piece.data(), piece.size());
    if (written > 0) {
      done += static_cast<std::size_t>(written);
      stalled_ = false;
    } else if (written == 0 || errno != EINTR) {
      break;
    }
  }
  return done;
}

void LineWriter::Write(std::string_view line) {
  if (descriptor_ < 0) return;
  const int saved_errno = errno;
  {
    const NoBrokenPipeSignal guard;
    if (cut_ && WriteAll("\n") == 1) cut_ = false;
    if (!cut_) {
      const std::size_t done = WriteAll(line);
      cut_ = done > 0 && done < line.size();
    }
  }
  errno = saved_errno;
}

}  // namespace ecsd::telemetry
