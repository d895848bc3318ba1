#pragma once

#include <span>
#include <string>

#include "support/result.h"

namespace ecsd::app {

// A path that a setting names.
struct NamedPath {
  std::string setting;   // for people: "-config.write-to"
  std::string path;      // empty: the setting is not given
  bool written = false;  // this program writes the file; false: it only reads it
};

// Fails when two paths lead to one file that one of the two settings would write: by the same path
// in any spelling, through symbolic links, or by hard links. Files that are only read may be one
// (certificate and key often are), and so may devices. kConfig, with both settings named. Nothing
// is changed.
[[nodiscard]] support::Result<void> CheckPathClashes(std::span<const NamedPath> paths);

}  // namespace ecsd::app
