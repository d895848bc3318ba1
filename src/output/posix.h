#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "support/descriptor.h"

namespace ecsd::output {

// The system calls that change files, as the kernel has them: -1 and errno on failure. A seam, so
// that tests can make each of them fail.
class Posix {
 public:
  Posix() = default;
  Posix(const Posix&) = delete;
  Posix& operator=(const Posix&) = delete;
  virtual ~Posix() = default;

  [[nodiscard]] virtual int Open(const std::string& path, int flags, mode_t mode);
  [[nodiscard]] virtual ssize_t Write(int fd, const char* bytes, std::size_t size);
  [[nodiscard]] virtual int Truncate(int fd, off_t size);
  // Reserves room up to `size` without changing what the file holds.
  [[nodiscard]] virtual int Reserve(int fd, off_t size);
  [[nodiscard]] virtual int Sync(int fd);
  [[nodiscard]] virtual int ChangeMode(int fd, mode_t mode);
  [[nodiscard]] virtual int ChangeOwner(int fd, uid_t user, gid_t group);
  // Moves atime and mtime to now.
  [[nodiscard]] virtual int Touch(int fd);
  [[nodiscard]] virtual int Rename(const std::string& from, const std::string& to);
  [[nodiscard]] virtual int Unlink(const std::string& path);
};

// A system call that failed: what was being done ("rename /a to /b"), and its errno.
struct Failure {
  std::string doing;
  int code = 0;
};

template <typename T>
using SystemResult = tl::expected<T, Failure>;

// The failure of the call that has just set errno.
[[nodiscard]] tl::unexpected<Failure> LastFailure(std::string doing);

// "rename /a to /b: Permission denied"
[[nodiscard]] std::string Describe(const Failure& failure);

// Opens `path`, again when a signal interrupts it. O_CLOEXEC is added.
[[nodiscard]] SystemResult<support::Descriptor> OpenFile(Posix& posix, const std::string& path,
                                                         int flags, mode_t mode = 0);

// Writes all of `bytes` to a regular file named `path`.
[[nodiscard]] SystemResult<void> WriteAll(Posix& posix, int fd, std::string_view bytes,
                                          const std::string& path);

// Reserves room for `size` bytes in the regular file named `path`. Fails only for want of room; a
// file system that cannot reserve is written as it is.
[[nodiscard]] SystemResult<void> ReserveRoom(Posix& posix, int fd, off_t size,
                                             const std::string& path);

// fsync of a regular file named `path`; a file system that has no such thing has nothing to sync.
[[nodiscard]] SystemResult<void> SyncFile(Posix& posix, int fd, const std::string& path);

}  // namespace ecsd::output
