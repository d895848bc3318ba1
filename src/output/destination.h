#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "support/result.h"

namespace ecsd::output {

// What an output path leads to, all symbolic links followed.
struct Destination {
  enum class Kind : std::uint8_t {
    kMissing,  // nothing yet, but its directory exists
    kRegular,  // a regular file: it can be replaced
    kStream,   // a device, a pipe, or a descriptor such as /dev/stdout: it is written straight
  };

  Kind kind = Kind::kMissing;
  std::string path;  // behind the last link
  // kStream only: the descriptor of this process that the path stands for (1 for /dev/stdout).
  std::optional<int> descriptor;
  // kRegular only.
  mode_t mode = 0;
  uid_t user = 0;
  gid_t group = 0;
};

// Follows `path`. Fails with kIo where no file can be: an empty path, a directory, a missing
// directory, links that lead in a circle.
[[nodiscard]] support::Result<Destination> FindDestination(const std::string& path);

// The directory that holds `path`: "." for a bare name.
[[nodiscard]] std::string DirectoryOf(const std::string& path);

// What is left of `path` without its directory.
[[nodiscard]] std::string NameOf(const std::string& path);

}  // namespace ecsd::output
