#include "state/lock_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "support/result.h"

namespace ecsd::state {

using support::ErrorKind;
using support::Fail;
using support::Result;

Result<LockFile> LockFile::Take(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0) {
    return Fail(ErrorKind::kIo, fmt::format("cannot make the lock file {}: {}", path,
                                            std::generic_category().message(errno)));
  }
  LockFile lock(fd);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return Fail(ErrorKind::kConfig, "another process is using it");
    return Fail(ErrorKind::kIo,
                fmt::format("cannot lock {}: {}", path, std::generic_category().message(errno)));
  }
  return lock;
}

bool LockFile::IsAt(const std::string& path) const {
  struct stat ours{};
  struct stat found{};
  return ::fstat(descriptor_, &ours) == 0 && ::stat(path.c_str(), &found) == 0 &&
         ours.st_dev == found.st_dev && ours.st_ino == found.st_ino;
}

LockFile::LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace ecsd::state
