#include "state/lock_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "support/result.h"

namespace ecsd::state {

using support::ErrorKind;
using support::Fail;
using support::Result;

namespace {

constexpr int kOpen = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

Result<void> Lock(int descriptor, int operation, const std::string& path) {
  while (::flock(descriptor, operation | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return Fail(ErrorKind::kResource, "another process is using it");
    return Fail(ErrorKind::kIo,
                fmt::format("cannot lock {}: {}", path, std::generic_category().message(errno)));
  }
  return {};
}

tl::unexpected<support::Error> CannotMake(const std::string& path) {
  return Fail(ErrorKind::kIo, fmt::format("cannot make the lock file {}: {}", path,
                                          std::generic_category().message(errno)));
}

}  // namespace

Result<LockFile> LockFile::Take(const std::string& path) {
  const int fd = ::open(path.c_str(), kOpen | O_CREAT, 0600);
  if (fd < 0) return CannotMake(path);
  LockFile lock(fd);
  if (auto locked = Lock(fd, LOCK_EX, path); !locked) return tl::unexpected(locked.error());
  return lock;
}

Result<void> LockFile::Probe(const std::string& path) {
  const int fd = ::open(path.c_str(), kOpen);
  if (fd < 0) return errno == ENOENT ? Result<void>() : CannotMake(path);
  const LockFile lock(fd);
  return Lock(fd, LOCK_SH, path);
}

std::optional<pid_t> LockFile::HolderOf(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  const auto file =
      fmt::format("{:02x}:{:02x}:{}", major(about.st_dev), minor(about.st_dev), about.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    // "2: FLOCK  ADVISORY  WRITE 24976 fe:00:9978300 0 EOF"
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string force;
    std::string access;
    std::string where;
    pid_t process = 0;
    if (words >> number >> kind >> force >> access >> process >> where && kind == "FLOCK" &&
        where == file && process > 0) {
      return process;
    }
  }
  return std::nullopt;
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
