#include "output/stream.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/poll.h>
#include <sys/types.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "output/destination.h"
#include "output/posix.h"

namespace ecsd::output {
namespace {

SystemResult<Descriptor> OpenStream(Posix& posix, const Destination& destination) {
  if (!destination.descriptor) {
    // O_NONBLOCK: a pipe without a reader is an error now, not a wait without end.
    return OpenFile(posix, destination.path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK);
  }
  // A copy shares the place in the file with the original.
  const int copy = ::fcntl(*destination.descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return LastFailure("open " + destination.path);
  return Descriptor(copy);
}

SystemResult<void> AwaitRoom(int fd, std::chrono::milliseconds patience, const std::string& path) {
  pollfd wanted{.fd = fd, .events = POLLOUT, .revents = 0};
  while (true) {
    const int ready = ::poll(&wanted, 1, static_cast<int>(patience.count()));
    if (ready > 0) return {};
    if (ready == 0) return tl::unexpected(Failure{.doing = "write " + path, .code = ETIMEDOUT});
    if (errno != EINTR) return LastFailure("write " + path);
  }
}

}  // namespace

SystemResult<void> WriteStream(Posix& posix, const Destination& destination, std::string_view bytes,
                               std::chrono::milliseconds patience) {
  const auto stream = OpenStream(posix, destination);
  if (!stream) return tl::unexpected(stream.error());
  while (!bytes.empty()) {
    if (auto room = AwaitRoom(stream->get(), patience, destination.path); !room) return room;
    // As much as a pipe that poll calls writable takes at once, even if it is in blocking mode.
    const std::string_view piece = bytes.substr(0, PIPE_BUF);
    const ssize_t written = posix.Write(stream->get(), piece.data(), piece.size());
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written < 0) return LastFailure("write " + destination.path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace ecsd::output
