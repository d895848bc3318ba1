#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ecsd::output {

// What tells a regular file from any other, and from itself before a change: the file, and when it
// was written.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t mtime_seconds = 0;
  std::int64_t mtime_nanoseconds = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// That of the regular file at `path`, all links followed; nothing where there is none.
[[nodiscard]] std::optional<FileIdentity> IdentityOf(const std::string& path);

// That of an open one, whatever its path leads to now.
[[nodiscard]] std::optional<FileIdentity> IdentityOf(int descriptor);

}  // namespace ecsd::output
