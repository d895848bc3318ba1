#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "state/identity.h"
#include "support/result.h"

namespace ecsd::state {

// What StateFile::Open would find at a path.
struct StateProbe {
  enum class Kind : std::uint8_t {
    kNew,         // no file, or an empty one: it would be made
    kGood,        // it would be opened as it is
    kUnfinished,  // the same, after a write that was broken off is rolled back; not read
    kSetAside,    // it would be renamed, and a new one made
  };
  Kind kind = Kind::kNew;
  std::string path;       // absolute, behind all links
  std::string why;        // kSetAside
  std::size_t tasks = 0;  // kGood
};

// Looks at the state file at `path` without changing anything, also while another process uses it.
// Where StateFile::Open would fail, the error is the same.
[[nodiscard]] support::Result<StateProbe> ProbeStateFile(const std::string& path,
                                                         const Identity& identity);

// The process that uses the state file at `path`; nothing where that cannot be found out.
[[nodiscard]] std::optional<pid_t> UserOfStateFile(const std::string& path);

}  // namespace ecsd::state
