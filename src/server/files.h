#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "support/result.h"

namespace ecsd::server {

// No certificate, key or configuration is near this size, in bytes.
inline constexpr std::size_t kLargestFile = std::size_t{1024} * 1024;

// The whole file at `path`, which must be a regular file (links are followed) of at most `limit`
// bytes. Whether it is one is asked of the open descriptor, so a FIFO that takes its place a moment
// before is refused too, and opening it does not wait for a writer. kConfig on failure. On a file
// system that hangs it hangs: never to be called under a lock that requests take.
[[nodiscard]] support::Result<std::string> ReadFile(const std::string& path, std::size_t limit);

// What changes when a file is replaced or written: modification time, size and inode.
struct FileStamp {
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  std::int64_t size = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// The stamp of the file at `path`, which is not opened; nothing when it is not there. May hang as
// ReadFile does.
[[nodiscard]] std::optional<FileStamp> StampOf(const std::string& path);

}  // namespace ecsd::server
