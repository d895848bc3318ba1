#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace ecsd::output {

// Whether the permission bits `mode` of a file let only its owner read it. A group that may read is
// taken to be meant for Prometheus.
[[nodiscard]] constexpr bool OnlyOwnerReads(mode_t mode) {
  constexpr mode_t kOthersRead = 0044;
  return (mode & kOthersRead) == 0;
}

// What to do so that Prometheus, running as another user, can read the file at `path`, which has
// the permission bits `mode`.
[[nodiscard]] std::string LetOthersRead(const std::string& path, mode_t mode);

// Why only the owner could read the output file at `path`, with advice: the file's mode (for one
// that does not exist, the mode that a new one gets: a temporary file is made for that), or a
// directory above it that only its owner may search. Nothing where others or a group can read it,
// and for what is not a regular file.
[[nodiscard]] std::optional<std::string> WhyOnlyOwnerReads(const std::string& path);

}  // namespace ecsd::output
