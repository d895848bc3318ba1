#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "support/result.h"

namespace ecsd::server {

// No certificate, key or configuration is near this size, in bytes.
inline constexpr std::size_t kLargestFile = std::size_t{1024} * 1024;

// As support::ReadFile, with an error of kConfig for people.
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
