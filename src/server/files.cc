#include "server/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "support/descriptor.h"
#include "support/result.h"

namespace ecsd::server {
namespace {

using support::Descriptor;
using support::ErrorKind;
using support::Fail;
using support::Result;

tl::unexpected<support::Error> CannotRead(const std::string& path, int code) {
  return Fail(ErrorKind::kConfig,
              fmt::format("{} cannot be read: {}", path, std::generic_category().message(code)));
}

tl::unexpected<support::Error> TooLarge(const std::string& path, std::size_t limit) {
  return Fail(ErrorKind::kConfig, fmt::format("{} has more than {} bytes", path, limit));
}

std::string_view KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// At most one byte more than `limit`, whatever size the file claims to have.
Result<std::string> ReadUpTo(const Descriptor& file, const std::string& path, std::size_t limit) {
  std::string text(limit + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = read(file.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return CannotRead(path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  if (size > limit) return TooLarge(path, limit);
  return text;
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, std::size_t limit) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return CannotRead(path, errno);
  struct stat about{};
  if (fstat(file.get(), &about) != 0) return CannotRead(path, errno);
  if (!S_ISREG(about.st_mode)) {
    return Fail(ErrorKind::kConfig, fmt::format("{} cannot be read: it is {}; name a regular file",
                                                path, KindOf(about.st_mode)));
  }
  if (static_cast<std::size_t>(about.st_size) > limit) return TooLarge(path, limit);
  return ReadUpTo(file, path, limit);
}

std::optional<FileStamp> StampOf(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileStamp{.seconds = status.st_mtim.tv_sec,
                   .nanoseconds = status.st_mtim.tv_nsec,
                   .size = status.st_size,
                   .inode = status.st_ino};
}

}  // namespace ecsd::server
