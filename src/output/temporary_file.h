#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "output/posix.h"
#include "support/descriptor.h"

namespace ecsd::output {

// A file beside the one it will replace, removed on destruction unless it has taken that one's
// place. Its name, `.NAME.tmp-PID-xxxxxxxx`, ends in nothing that a `*.yml`, `*.yaml` or `*.json`
// glob matches. While it lives it is locked (flock), so that nobody takes it for a leftover.
class TemporaryFile {
 public:
  // Creates one for the file `target`. `mode` is that of open(2): less the umask.
  [[nodiscard]] static SystemResult<TemporaryFile> Create(Posix& posix, const std::string& target,
                                                          mode_t mode);

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  // Takes the place of `target`, atomically.
  [[nodiscard]] SystemResult<void> Replace(const std::string& target);

 private:
  TemporaryFile(Posix& posix, std::string path, support::Descriptor descriptor);

  Posix* posix_;
  std::string path_;  // empty: nothing to remove
  support::Descriptor descriptor_;
};

// Removes what a killed process left beside `target`: files named as a TemporaryFile whose process
// is dead (or had our own process id, as in a container started again) and that nobody has locked.
// What cannot be removed stays.
void RemoveLeftovers(Posix& posix, const std::string& target);

}  // namespace ecsd::output
