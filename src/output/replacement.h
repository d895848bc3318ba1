#pragma once

#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "output/destination.h"
#include "output/file_identity.h"
#include "output/posix.h"
#include "support/pieces.h"

namespace ecsd::output {

// A file that was replaced, and what could not be had with it.
struct Replaced {
  // Of the new file, read from its descriptor before the rename: what is at the path later may be
  // of another process. Nothing if the system does not say.
  std::optional<FileIdentity> identity;
  std::optional<Failure> owner_lost;   // it has another owner or group than the old one
  std::optional<Failure> not_durable;  // its directory could not be synced
};

struct NotReplaced {
  Failure failure;
  // Not this time's bad luck but the lie of the land: the directory takes no new file, or the file
  // cannot be renamed over. Writing in place can still work.
  bool refused = false;
};

// Puts a new file with `contents` in the place of `destination` (kMissing or kRegular), atomically
// and on disk, with one pass over them. It has mode and owner of the old one; without an old one,
// 0644 less the umask. On a failure the old file is untouched and nothing else is left.
[[nodiscard]] tl::expected<Replaced, NotReplaced> ReplaceFile(Posix& posix,
                                                              const Destination& destination,
                                                              const support::Pieces& contents);

struct NotOverwritten {
  Failure failure;
  bool damaged = false;  // the file may hold a part of the new contents
};

// Writes `bytes` over what `destination` (kMissing or kRegular) holds, and to disk. Room for them
// is reserved first where the file system can do that, so that a full disk does no damage. The
// bytes are not taken in pieces, but given to the kernel at once: a reader that waits for changes
// (inotify(7), as Prometheus does) is woken by each write(2), and would see a part every time.
// Returns the identity of the file that was written, read from its descriptor.
[[nodiscard]] tl::expected<std::optional<FileIdentity>, NotOverwritten> OverwriteFile(
    Posix& posix, const Destination& destination, std::string_view bytes);

}  // namespace ecsd::output
