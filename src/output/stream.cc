#include "output/stream.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/poll.h>
#include <sys/types.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "output/destination.h"
#include "output/posix.h"
#include "support/descriptor.h"
#include "support/pieces.h"

namespace ecsd::output {
namespace {

SystemResult<support::Descriptor> OpenStream(Posix& posix, const Destination& destination) {
  if (!destination.descriptor) {
    // O_NONBLOCK: a pipe without a reader is an error now, not a wait without end.
    return OpenFile(posix, destination.path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK);
  }
  // A copy shares the place in the file with the original.
  const int copy = ::fcntl(*destination.descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return LastFailure("open " + destination.path);
  return support::Descriptor(copy);
}

// How often a wait looks whether it is to stop.
constexpr std::chrono::milliseconds kLook{50};

struct Patience {
  std::chrono::milliseconds limit;
  const std::stop_token& stop;
};

SystemResult<void> AwaitRoom(int fd, const Patience& patience, const std::string& path) {
  pollfd wanted{.fd = fd, .events = POLLOUT, .revents = 0};
  const auto start = std::chrono::steady_clock::now();
  while (true) {
    const int ready = ::poll(&wanted, 1, static_cast<int>(kLook.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return LastFailure("write " + path);
    if (patience.stop.stop_requested()) {
      return tl::unexpected(Failure{.doing = "write " + path, .code = ECANCELED});
    }
    if (std::chrono::steady_clock::now() - start > patience.limit) {
      return tl::unexpected(Failure{.doing = "write " + path, .code = ETIMEDOUT});
    }
  }
}

SystemResult<void> WritePiece(Posix& posix, int fd, std::string_view bytes,
                              const Patience& patience, const std::string& path) {
  while (!bytes.empty()) {
    if (auto room = AwaitRoom(fd, patience, path); !room) return room;
    // As much as a pipe that poll calls writable takes at once, even if it is in blocking mode.
    const std::string_view piece = bytes.substr(0, PIPE_BUF);
    const ssize_t written = posix.Write(fd, piece.data(), piece.size());
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written < 0) return LastFailure("write " + path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

SystemResult<void> WriteStream(Posix& posix, const Destination& destination,
                               const support::Pieces& contents, std::chrono::milliseconds patience,
                               const std::stop_token& stop) {
  const auto stream = OpenStream(posix, destination);
  if (!stream) return tl::unexpected(stream.error());
  SystemResult<void> written;
  contents([&](std::string_view piece) {
    written = WritePiece(posix, stream->get(), piece, {.limit = patience, .stop = stop},
                         destination.path);
    return written.has_value();
  });
  return written;
}

}  // namespace ecsd::output
