#include "output/posix.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "support/descriptor.h"

namespace ecsd::output {

int Posix::Open(const std::string& path, int flags, mode_t mode) {
  return ::open(path.c_str(), flags, mode);
}

ssize_t Posix::Write(int fd, const char* bytes, std::size_t size) {
  return ::write(fd, bytes, size);
}

int Posix::Truncate(int fd, off_t size) {
  return ::ftruncate(fd, size);
}

int Posix::Reserve(int fd, off_t size) {
  return ::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size);
}

int Posix::Sync(int fd) {
  return ::fsync(fd);
}

int Posix::ChangeMode(int fd, mode_t mode) {
  return ::fchmod(fd, mode);
}

int Posix::ChangeOwner(int fd, uid_t user, gid_t group) {
  return ::fchown(fd, user, group);
}

int Posix::Touch(int fd) {
  return ::futimens(fd, nullptr);
}

int Posix::Rename(const std::string& from, const std::string& to) {
  return std::rename(from.c_str(), to.c_str());
}

int Posix::Unlink(const std::string& path) {
  return ::unlink(path.c_str());
}

tl::unexpected<Failure> LastFailure(std::string doing) {
  const int code = errno;
  return tl::unexpected(Failure{.doing = std::move(doing), .code = code});
}

std::string Describe(const Failure& failure) {
  return failure.doing + ": " + std::generic_category().message(failure.code);
}

SystemResult<support::Descriptor> OpenFile(Posix& posix, const std::string& path, int flags,
                                           mode_t mode) {
  while (true) {
    const int fd = posix.Open(path, flags | O_CLOEXEC, mode);
    if (fd >= 0) return support::Descriptor(fd);
    if (errno != EINTR) return LastFailure("open " + path);
  }
}

SystemResult<void> WriteAll(Posix& posix, int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = posix.Write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return LastFailure("write " + path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

SystemResult<void> ReserveRoom(Posix& posix, int fd, off_t size, const std::string& path) {
  if (posix.Reserve(fd, size) == 0) return {};
  // NOLINTNEXTLINE(misc-include-cleaner): EDQUOT, of no standard header
  if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG) return {};
  return LastFailure("reserve room for " + path);
}

SystemResult<void> SyncFile(Posix& posix, int fd, const std::string& path) {
  while (posix.Sync(fd) != 0) {
    if (errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS) return {};
    if (errno != EINTR) return LastFailure("fsync " + path);
  }
  return {};
}

}  // namespace ecsd::output
