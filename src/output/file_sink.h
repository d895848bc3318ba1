#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "output/file_identity.h"
#include "support/pieces.h"
#include "support/result.h"

namespace ecsd::support {
class Descriptor;
}

namespace ecsd::output {

class Posix;
struct Destination;
struct Failure;

enum class WriteOutcome : std::uint8_t {
  kReplaced,        // a new file took the place of the old one, atomically
  kWrittenInPlace,  // the bytes were written over the old ones (a reader may have seen a part), or
                    // to a device or pipe
  kUnchanged,       // the file held these bytes already; at most its mtime was moved
};

// What becomes of the mtime of a file that holds the bytes already.
enum class WhenEqual : std::uint8_t { kTouch, kLeave };

// Writes the file that Prometheus' file_sd reads, so that a reader sees the old file or the new one
// and nothing between. The rules (mode, owner, symbolic links, devices, read-only directories,
// mtime) are those of docs/output-file.md. Not thread-safe: one owner writes.
class FileSink {
 public:
  using Warn = std::function<void(std::string message)>;

  // `warn` is told of what is worse than it could be, though the file was written (no atomic
  // replacement possible, owner not kept); each message once until it stops being true.
  FileSink(std::string path, Warn warn);

  // As above, with system calls that tests make fail.
  FileSink(std::string path, Warn warn, std::unique_ptr<Posix> posix);

  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink();

  // Makes the file hold `contents`, on disk, and its mtime be now, also if it holds them already.
  // What is not a regular file gets them only if they differ from the last ones it got. They are
  // taken piece by piece, in up to two passes; only if the file has to be written in place are they
  // in memory as a whole. kIo on failure: the old file is untouched then, except when it had to be
  // written in place (the message says so), and no temporary file is left. Takes no longer than the
  // disk does, but up to five seconds for the reader of a pipe that takes nothing. A wait for that
  // reader ends when `stop` is requested: kCancelled. With kLeave the mtime of a file that holds
  // them already stays as it is.
  [[nodiscard]] support::Result<WriteOutcome> Write(const support::Pieces& contents,
                                                    const std::stop_token& stop = {},
                                                    WhenEqual when_equal = WhenEqual::kTouch);

  // The same with bytes that are at hand.
  [[nodiscard]] support::Result<WriteOutcome> Write(std::string_view bytes,
                                                    const std::stop_token& stop = {});

  // Moves the file's mtime to now without being told what it holds. True if that is what the last
  // Write left there: nobody has replaced, changed or touched it since. False, and nothing done,
  // when something else may be there; Write then.
  [[nodiscard]] bool TouchIfStillOurs();

  // From now on, until something is written, a change of the regular file that is there now counts
  // as a disturbance.
  void Notice() { noticed_ = IdentityOf(path_); }

  // Whether somebody has replaced, changed, touched or removed the file since the last Write or
  // Notice. False when neither left a regular file.
  [[nodiscard]] bool IsDisturbed() const;

  // The last warning that another program writes the file, while that is so; else empty.
  [[nodiscard]] std::string other_writer() const;

 private:
  // What can be worse than it should be for many writes in a row, and is said once.
  enum class Concern : std::uint8_t {
    kNotAtomic,
    kOwner,
    kModificationTime,
    kNotDurable,
    kOtherWriter,
  };

  support::Result<WriteOutcome> WriteToStream(const Destination& destination,
                                              const support::Pieces& contents,
                                              const std::stop_token& stop);
  support::Result<WriteOutcome> WriteToFile(const Destination& destination,
                                            const support::Pieces& contents, WhenEqual when_equal);
  support::Result<WriteOutcome> WriteInPlace(const Destination& destination,
                                             const support::Pieces& contents,
                                             const std::string& refusal);
  void WeighOwner(const Destination& destination, const std::optional<Failure>& lost);
  void WeighDurability(const std::optional<Failure>& missing);
  void WeighOtherWriters(const std::optional<FileIdentity>& found);
  // Moves the mtime of `file`, which is open at `destination`, to now, or warns.
  void Touch(const support::Descriptor& file, const Destination& destination);
  void Raise(Concern concern, std::string message);
  void Settle(Concern concern) { standing_.erase(concern); }
  [[nodiscard]] support::Error Error(const std::string& what, int code,
                                     const Destination& destination) const;

  std::string path_;
  Warn warn_;
  std::unique_ptr<Posix> posix_;
  std::map<Concern, std::string> standing_;  // the message last given
  std::optional<std::string> streamed_;      // the fingerprint of what a stream got last
  std::optional<FileIdentity> ours_;         // as the last write left it; nothing: not known
  std::optional<FileIdentity> noticed_;      // the file before the first write
  int undisturbed_ = 0;                      // finds of our own file since another one
  bool leftovers_removed_ = false;
};

// Checks before anything else is done that `path` can be an output file: its directory exists and
// it is not itself a directory, both behind any symbolic links. kConfig on failure.
[[nodiscard]] support::Result<void> CheckOutputPath(const std::string& path);

}  // namespace ecsd::output
