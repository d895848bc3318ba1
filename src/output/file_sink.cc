#include "output/file_sink.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <tuple>
#include <utility>

#include "output/contents.h"
#include "output/destination.h"
#include "output/file_identity.h"
#include "output/fingerprint.h"
#include "output/posix.h"
#include "output/readers.h"
#include "output/remedy.h"
#include "output/replacement.h"
#include "output/signal_shield.h"
#include "output/stream.h"
#include "output/temporary_file.h"
#include "support/descriptor.h"
#include "support/pieces.h"
#include "support/result.h"

namespace ecsd::output {
namespace {

using support::Descriptor;
using support::ErrorKind;
using support::Result;

// How long the reader of a pipe may take nothing.
constexpr std::chrono::seconds kPatience{5};

// How often our own file must be found before another writer is taken to have gone: one with a
// longer interval than ours comes back only after some of our refreshes.
constexpr int kUndisturbedFinds = 10;

// What to do so that the file can be replaced as a whole.
std::string RemedyForRefusal(int code, const std::string& directory) {
  if (code == EBUSY || code == EXDEV) return "mount its directory, not the single file";
  return RemedyFor(code, directory);
}

// For a new file only: whoever gave an old one its mode has chosen who reads it.
void WarnOfReaders(const std::string& path, const Destination& destination,
                   const FileSink::Warn& warn) {
  struct stat about{};
  if (::stat(destination.path.c_str(), &about) != 0 || !OnlyOwnerReads(about.st_mode)) return;
  warn(fmt::format("output file {}: {}", path, LetOthersRead(destination.path, about.st_mode)));
}

}  // namespace

FileSink::FileSink(std::string path, Warn warn)
    : FileSink(std::move(path), std::move(warn), std::make_unique<Posix>()) {}

FileSink::FileSink(std::string path, Warn warn, std::unique_ptr<Posix> posix)
    : path_(std::move(path)), warn_(std::move(warn)), posix_(std::move(posix)) {}

FileSink::~FileSink() = default;

Result<WriteOutcome> FileSink::Write(std::string_view bytes, const std::stop_token& stop) {
  return Write(support::PiecesOf(bytes), stop);
}

Result<WriteOutcome> FileSink::Write(const support::Pieces& contents, const std::stop_token& stop,
                                     WhenEqual when_equal) {
  const SignalShield shield;
  const auto destination = FindDestination(path_);
  if (!destination) return tl::unexpected(destination.error());
  WeighOtherWriters(IdentityOf(destination->path));
  ours_.reset();
  noticed_.reset();
  return destination->kind == Destination::Kind::kStream
             ? WriteToStream(*destination, contents, stop)
             : WriteToFile(*destination, contents, when_equal);
}

// A file that is gone is nobody's, and one that was only touched has not changed.
void FileSink::WeighOtherWriters(const std::optional<FileIdentity>& found) {
  if (!ours_ || !found) return;
  const auto about = [](const FileIdentity& file) {
    return std::tuple(file.device, file.inode, file.size);
  };
  if (about(*found) == about(*ours_)) {
    if (++undisturbed_ >= kUndisturbedFinds) Settle(Concern::kOtherWriter);
    return;
  }
  undisturbed_ = 0;
  Raise(Concern::kOtherWriter,
        fmt::format("output file {}: something else has written it since this program did; two "
                    "writers take each other's targets away: give each process a -config.write-to "
                    "of its own",
                    path_));
}

bool FileSink::TouchIfStillOurs() {
  const auto found = ours_ ? IdentityOf(path_) : std::nullopt;
  if (!found || found != ours_) return false;
  WeighOtherWriters(found);
  const SignalShield shield;
  const auto file = OpenFile(*posix_, path_, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  // Another process may have put its file there since.
  if (!file || IdentityOf(file->get()) != ours_ || posix_->Touch(file->get()) != 0) return false;
  Settle(Concern::kModificationTime);
  ours_ = IdentityOf(file->get());
  return ours_.has_value();
}

bool FileSink::IsDisturbed() const {
  const auto& before = ours_ ? ours_ : noticed_;
  return before && IdentityOf(path_) != before;
}

std::string FileSink::other_writer() const {
  const auto found = standing_.find(Concern::kOtherWriter);
  return found == standing_.end() ? std::string() : found->second;
}

Result<WriteOutcome> FileSink::WriteToStream(const Destination& destination,
                                             const support::Pieces& contents,
                                             const std::stop_token& stop) {
  if (streamed_ && streamed_ == FingerprintOf(contents)) return WriteOutcome::kUnchanged;
  streamed_.reset();
  Fingerprint fingerprint;
  const support::Pieces seen = [&](const support::TakePiece& take) {
    return contents([&](std::string_view piece) {
      fingerprint.Add(piece);
      return take(piece);
    });
  };
  const auto written = WriteStream(*posix_, destination, seen, kPatience, stop);
  if (!written && written.error().code == ECANCELED) {
    return support::Fail(ErrorKind::kCancelled, "output file " + path_ + ": stopped");
  }
  if (!written) {
    return tl::unexpected(Error(Describe(written.error()), written.error().code, destination));
  }
  streamed_ = fingerprint.Finish();
  return WriteOutcome::kWrittenInPlace;
}

Result<WriteOutcome> FileSink::WriteToFile(const Destination& destination,
                                           const support::Pieces& contents, WhenEqual when_equal) {
  if (!std::exchange(leftovers_removed_, true)) RemoveLeftovers(*posix_, destination.path);
  if (const Descriptor equal = OpenIfEqual(*posix_, destination, contents)) {
    if (when_equal == WhenEqual::kTouch) Touch(equal, destination);
    ours_ = IdentityOf(equal.get());
    return WriteOutcome::kUnchanged;
  }

  const auto replaced = ReplaceFile(*posix_, destination, contents);
  if (replaced) {
    Settle(Concern::kNotAtomic);
    WeighOwner(destination, replaced->owner_lost);
    WeighDurability(replaced->not_durable);
    ours_ = replaced->identity;
    if (destination.kind == Destination::Kind::kMissing) WarnOfReaders(path_, destination, warn_);
    return WriteOutcome::kReplaced;
  }
  const Failure& failure = replaced.error().failure;
  const std::string what = Describe(failure);
  if (!replaced.error().refused) {
    return tl::unexpected(Error(what + " (the old file is untouched)", failure.code, destination));
  }
  const std::string remedy = RemedyForRefusal(failure.code, DirectoryOf(destination.path));
  return WriteInPlace(destination, contents, fmt::format("{} ({})", what, remedy));
}

void FileSink::WeighOwner(const Destination& destination, const std::optional<Failure>& lost) {
  if (!lost) {
    Settle(Concern::kOwner);
    return;
  }
  Raise(Concern::kOwner,
        fmt::format("output file {}: it belongs to user id {} now and no longer to {}:{}, because "
                    "{}: check that Prometheus can read it, or run as the file's owner",
                    path_, ::geteuid(), destination.user, destination.group, Describe(*lost)));
}

void FileSink::WeighDurability(const std::optional<Failure>& missing) {
  if (!missing) {
    Settle(Concern::kNotDurable);
    return;
  }
  Raise(Concern::kNotDurable,
        fmt::format("output file {}: written, but a power failure may bring the old one back: {}",
                    path_, Describe(*missing)));
}

Result<WriteOutcome> FileSink::WriteInPlace(const Destination& destination,
                                            const support::Pieces& contents,
                                            const std::string& refusal) {
  const auto written = OverwriteFile(*posix_, destination, support::Whole(contents));
  if (!written) {
    const Failure& failure = written.error().failure;
    const std::string_view state = written.error().damaged
                                       ? "the file may now hold a part of its contents"
                                       : "the old file is untouched";
    return tl::unexpected(
        Error(fmt::format("{}; instead: {} ({})", refusal, Describe(failure), state), failure.code,
              destination));
  }
  ours_ = *written;
  Raise(Concern::kNotAtomic,
        fmt::format("output file {}: it cannot be replaced as a whole and is written in place, so "
                    "Prometheus may read a half-written file and lose targets until it reads it "
                    "again: {}",
                    path_, refusal));
  return WriteOutcome::kWrittenInPlace;
}

void FileSink::Touch(const Descriptor& file, const Destination& destination) {
  if (posix_->Touch(file.get()) == 0) {
    Settle(Concern::kModificationTime);
    return;
  }
  const auto failure = LastFailure("set the time of " + destination.path).value();
  Raise(Concern::kModificationTime,
        fmt::format("output file {}: its contents are current but its mtime cannot be moved, so "
                    "alerts on prometheus_sd_file_mtime_seconds may fire: {}: {}",
                    path_, Describe(failure), RemedyFor(failure.code, destination.path)));
}

void FileSink::Raise(Concern concern, std::string message) {
  std::string& standing = standing_[concern];
  if (standing == message) return;
  standing = message;
  warn_(std::move(message));
}

support::Error FileSink::Error(const std::string& what, int code,
                               const Destination& destination) const {
  return {.kind = ErrorKind::kIo,
          .message = fmt::format("output file {}: {}: {}", path_, what,
                                 RemedyFor(code, DirectoryOf(destination.path)))};
}

Result<void> CheckOutputPath(const std::string& path) {
  const auto destination = FindDestination(path);
  if (destination) return {};
  return support::Fail(ErrorKind::kConfig, destination.error().message);
}

}  // namespace ecsd::output
