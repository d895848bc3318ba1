#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "discovery/known_state.h"
#include "state/database.h"
#include "state/identity.h"
#include "state/lock_file.h"
#include "support/result.h"

namespace ecsd::state {

// The kinds of records in the file, as their numbers there.
enum class RecordKind : std::uint8_t {
  kDefinition = 1,
  kContainerInstance = 2,
  kInstance = 3,
  kTask = 4,
  kCluster = 5,
  kHeldLoss = 6,
};

// What tells one file from another on this machine; all zero: none.
struct FileNumber {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileNumber&, const FileNumber&) = default;
};

// One record that the file is to hold, or (without bytes) no longer.
struct Change {
  RecordKind kind = RecordKind::kDefinition;
  std::string key;
  std::optional<std::string> bytes;
};

// The SQLite file of `--state.path`: what a process knew, for the next one. See docs/state-file.md.
// It is a cache: whatever is wrong with it, an empty one is as right. One thread at a time.
class StateFile {
 public:
  struct Opened;

  // Opens the file, or makes it, and reads all of it. One of ours that is damaged, of another
  // version or of another `identity` is renamed, and `Opened::set_aside` says so. From one of
  // another `scope` (see ScopeOf) tasks and clusters are removed, and the rest is kept. kConfig for
  // a path that can be no file, and for a file that is not ours (see ReadHeader), which is not
  // touched; kResource for one that another process uses; kIo where there is no way to have a file
  // there now.
  [[nodiscard]] static support::Result<Opened> Open(const std::string& path,
                                                    const Identity& identity,
                                                    const std::string& scope);

  // Makes all changes or none. kCancelled when `give_up` was requested before they were made.
  [[nodiscard]] support::Result<void> Apply(std::span<const Change> changes,
                                            const std::stop_token& give_up);

  // Whether the path still leads to the file that is open here. False when somebody removed or
  // replaced it: then what Apply writes is lost.
  [[nodiscard]] bool IsInPlace() const;

  // Makes a new file where IsInPlace is false, without any record. A file of ours that came there
  // is renamed as Open does; any other is not touched, and the error (kConfig) says what it is.
  [[nodiscard]] support::Result<void> MakeAgain();

  // Behind all symbolic links.
  [[nodiscard]] const std::string& path() const { return place_.path; }

 private:
  // What is needed to make the file again.
  struct Place {
    std::string path;  // behind all symbolic links
    Identity identity;
    std::string scope;
  };

  StateFile(Place place, LockFile lock, Database database);

  [[nodiscard]] SqlResult<bool> ApplyAll(std::span<const Change> changes,
                                         const std::stop_token& give_up);

  Place place_;
  std::optional<LockFile> lock_;      // nothing only where it could not be taken again
  std::optional<Database> database_;  // nothing only where the file could not be made again
  FileNumber number_;                 // of the open file
};

struct StateFile::Opened {
  StateFile file;
  discovery::KnownState known;
  std::string set_aside;  // what was wrong with the old file, and where it is now; empty: nothing
};

}  // namespace ecsd::state
