#pragma once

#include <string>

#include "state/database.h"
#include "support/result.h"

namespace ecsd::state {

// Where the state file at `path` is behind all links. kConfig where no file can be: a directory, a
// device, a missing directory.
[[nodiscard]] support::Result<std::string> Locate(const std::string& path);

// Fails (kConfig) where a file of somebody else is, without touching it.
[[nodiscard]] support::Result<void> CheckNotForeign(const std::string& path);

// The file beside `path` that is locked by the process that uses it.
[[nodiscard]] std::string LockPath(const std::string& path);

// `error` for an operator: kResource for a file that is in use, kConfig for one that is not ours,
// else kIo.
[[nodiscard]] support::Error AsError(const SqlError& error);

}  // namespace ecsd::state
