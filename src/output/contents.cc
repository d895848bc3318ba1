#include "output/contents.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "output/destination.h"
#include "output/posix.h"
#include "support/descriptor.h"
#include "support/pieces.h"

namespace ecsd::output {
namespace {

constexpr std::size_t kPiece = 64UL * 1024;

bool IsRegular(int fd) {
  struct stat about{};
  return ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

// read(2) that is made again when a signal interrupts it.
ssize_t Read(int fd, char* room, std::size_t size) {
  ssize_t length = 0;
  do {
    length = ::read(fd, room, size);
  } while (length < 0 && errno == EINTR);
  return length;
}

bool Holds(int fd, const support::Pieces& contents) {
  std::vector<char> room(kPiece);
  const bool begins_so = contents([&](std::string_view piece) {
    while (!piece.empty()) {
      const ssize_t length = Read(fd, room.data(), std::min(room.size(), piece.size()));
      if (length <= 0) return false;
      const std::string_view found(room.data(), static_cast<std::size_t>(length));
      if (!piece.starts_with(found)) return false;
      piece.remove_prefix(found.size());
    }
    return true;
  });
  return begins_so && Read(fd, room.data(), 1) == 0;
}

}  // namespace

support::Descriptor OpenIfEqual(Posix& posix, const Destination& destination,
                                const support::Pieces& contents) {
  if (destination.kind != Destination::Kind::kRegular) return {};
  auto file = OpenFile(posix, destination.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file || !IsRegular(file->get()) || !Holds(file->get(), contents)) return {};
  return std::move(*file);
}

}  // namespace ecsd::output
