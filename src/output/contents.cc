#include "output/contents.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "output/destination.h"
#include "output/posix.h"

namespace ecsd::output {
namespace {

constexpr std::size_t kPiece = 64UL * 1024;

bool HasSize(int fd, std::size_t size) {
  struct stat about{};
  return ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
         static_cast<std::size_t>(about.st_size) == size;
}

bool Holds(int fd, std::string_view bytes) {
  std::vector<char> piece(kPiece);
  while (true) {
    const ssize_t length = ::read(fd, piece.data(), piece.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return length == 0 && bytes.empty();
    const std::string_view read(piece.data(), static_cast<std::size_t>(length));
    if (!bytes.starts_with(read)) return false;
    bytes.remove_prefix(read.size());
  }
}

}  // namespace

Descriptor OpenIfEqual(Posix& posix, const Destination& destination, std::string_view bytes) {
  if (destination.kind != Destination::Kind::kRegular) return {};
  auto file = OpenFile(posix, destination.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file || !HasSize(file->get(), bytes.size()) || !Holds(file->get(), bytes)) return {};
  return std::move(*file);
}

}  // namespace ecsd::output
