#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/target.h"
#include "support/clock.h"
#include "support/result.h"
#include "yaml/events.h"

namespace ecsd::output {

// What an output file of an earlier run tells.
struct FileTargets {
  std::vector<core::Target> targets;  // in the order of the file
  std::size_t skipped = 0;            // groups that this program cannot have written; see below
  std::string damage;                 // why the rest was not read; empty: it was read to its end
  std::optional<support::SystemTime> written;  // when the file was last written, or confirmed
};

// The targets in `bytes`, as core/render wrote them, in YAML or JSON: the inverse of both.
//
// - A group is kept if it has exactly one address, a `cluster_arn` and nothing that is hard to
//   understand in the places we know: no alias, no list or mapping instead of a value, no label
//   twice. Values are text, whatever their style. Labels and members that are not ours are passed
//   over. Any other group is skipped and counted.
// - What ends early or breaks off keeps the groups before the break, and says so in `damage`; a
//   group that was not whole is not kept, nor is a last one of block YAML whose last line has no
//   end.
// - Bytes that are no list of groups, or that break before the first group that is kept, are not
//   ours: kMalformed. No bytes at all are no targets.
// - Memory is that of the targets and of one value; the limits are those of yaml::Events. An error
//   of `read` is handed on.
[[nodiscard]] support::Result<FileTargets> ReadTargets(yaml::Events::Read read);

// The targets of the output file at `path`, all links followed. kNotFound where there is no regular
// file, kIo where it cannot be read, kCancelled when `stop` is requested, kMalformed if it is not
// ours (the message names the file). The file is not locked: it is replaced whole.
[[nodiscard]] support::Result<FileTargets> ReadTargetsOf(const std::string& path,
                                                         const std::stop_token& stop);

}  // namespace ecsd::output
