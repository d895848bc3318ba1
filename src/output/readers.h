#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

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

// A user of this machine who is to read the output file.
struct Reader {
  std::string name;
  uid_t user = 0;
  std::vector<gid_t> groups;
};

// The user called `name`, with its groups; nothing where this machine has none.
[[nodiscard]] std::optional<Reader> FindReader(const std::string& name);

// Why `reader` may not read the output file at `path`, with advice, by owner and mode of the file
// (of one that does not exist, those that a new one gets: a temporary file is made for that) and of
// the directories above it; access control lists are not looked at. Nothing where it may, and for
// what is not a regular file.
[[nodiscard]] std::optional<std::string> WhyCannotRead(const std::string& path,
                                                       const Reader& reader);

}  // namespace ecsd::output
