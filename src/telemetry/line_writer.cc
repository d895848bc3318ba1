#include "telemetry/line_writer.h"

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

// How long one line waits for a reader of a full non-blocking pipe.
constexpr int kPatienceMilliseconds = 20;

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

bool BecomesWritable(int descriptor) {
  pollfd entry{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return poll(&entry, 1, kPatienceMilliseconds) == 1;
}

// The number of bytes of `text` that were written.
std::size_t WriteAll(int descriptor, std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(descriptor, text.data() + done, text.size() - done);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (written < 0 && errno == EINTR) {
      continue;
    } else if (written == 0 || errno != EAGAIN || !BecomesWritable(descriptor)) {
      break;
    }
  }
  return done;
}

}  // namespace

void LineWriter::Write(std::string_view line) {
  const int saved_errno = errno;
  {
    const NoBrokenPipeSignal guard;
    if (cut_ && WriteAll(descriptor_, "\n") == 1) cut_ = false;
    if (!cut_) {
      const std::size_t done = WriteAll(descriptor_, line);
      cut_ = done > 0 && done < line.size();
    }
  }
  errno = saved_errno;
}

}  // namespace ecsd::telemetry
