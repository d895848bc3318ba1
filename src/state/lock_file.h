#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "support/result.h"

namespace ecsd::state {

// Says to other processes that something is in use, for as long as it lives; the kernel takes it
// back when the process ends, however it ends. The file stays, empty, and means nothing then: it
// could not be removed without a moment in which two processes hold it.
class LockFile {
 public:
  // Locks the file at `path`, which is made if need be. kResource when another process holds it,
  // kIo when the file cannot be had.
  [[nodiscard]] static support::Result<LockFile> Take(const std::string& path);

  // Whether Take would succeed now, with its error if not. Makes and changes nothing, and holds a
  // shared lock for a moment at most.
  [[nodiscard]] static support::Result<void> Probe(const std::string& path);

  // The process that holds the file at `path`, by the kernel's list (proc_locks(5)); nothing: none,
  // or none that this process may see, as in another container.
  [[nodiscard]] static std::optional<pid_t> HolderOf(const std::string& path);

  // Whether the file at `path` is the one that is locked: somebody may have removed it.
  [[nodiscard]] bool IsAt(const std::string& path) const;

  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace ecsd::state
