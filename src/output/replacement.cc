#include "output/replacement.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "output/destination.h"
#include "output/file_identity.h"
#include "output/posix.h"
#include "output/temporary_file.h"
#include "support/pieces.h"

namespace ecsd::output {
namespace {

// open(2) takes the umask off this, and a default ACL of the directory is honoured.
constexpr mode_t kNewFileMode = 0644;
// Until it has the old one's owner and mode, the new file is nobody else's to read.
constexpr mode_t kPrivateMode = 0600;

constexpr uid_t kSameUser = static_cast<uid_t>(-1);

tl::unexpected<NotReplaced> GiveUp(Failure failure, bool refused = false) {
  return tl::unexpected(NotReplaced{.failure = std::move(failure), .refused = refused});
}

bool IsRefusedCreation(int code) {
  return code == EACCES || code == EPERM || code == EROFS;
}

bool IsRefusedRename(int code) {
  return IsRefusedCreation(code) || code == EBUSY || code == EXDEV;
}

SystemResult<void> WritePieces(Posix& posix, const TemporaryFile& file,
                               const support::Pieces& contents) {
  SystemResult<void> written;
  contents([&](std::string_view piece) {
    written = WriteAll(posix, file.descriptor(), piece, file.path());
    return written.has_value();
  });
  return written;
}

// The group can often be kept where the owner cannot.
SystemResult<void> KeepOwner(Posix& posix, int fd, const Destination& old) {
  struct stat about{};
  if (::fstat(fd, &about) != 0) return LastFailure("look at the new file");
  if (about.st_uid == old.user && about.st_gid == old.group) return {};
  if (posix.ChangeOwner(fd, old.user, old.group) == 0) return {};
  auto failure = LastFailure("chown the new file");
  if (about.st_gid != old.group) {
    static_cast<void>(posix.ChangeOwner(fd, kSameUser, old.group));
  }
  return failure;
}

// After the owner, for a change of owner takes set-id bits away.
SystemResult<void> KeepMode(Posix& posix, int fd, const Destination& old) {
  struct stat about{};
  if (::fstat(fd, &about) != 0) return LastFailure("look at the new file");
  if ((about.st_mode & 07777U) == old.mode) return {};
  if (posix.ChangeMode(fd, old.mode) != 0) return LastFailure("chmod the new file");
  return {};
}

SystemResult<void> SyncDirectory(Posix& posix, const std::string& path) {
  const auto directory = OpenFile(posix, path, O_RDONLY | O_DIRECTORY);
  if (!directory) return tl::unexpected(directory.error());
  return SyncFile(posix, directory->get(), path);
}

std::optional<Failure> FailureOf(const SystemResult<void>& result) {
  if (result) return std::nullopt;
  return result.error();
}

SystemResult<void> Overwrite(Posix& posix, int fd, std::string_view bytes,
                             const std::string& path) {
  if (auto written = WriteAll(posix, fd, bytes, path); !written) return written;
  if (posix.Truncate(fd, static_cast<off_t>(bytes.size())) != 0) {
    return LastFailure("truncate " + path);
  }
  return SyncFile(posix, fd, path);
}

}  // namespace

tl::expected<Replaced, NotReplaced> ReplaceFile(Posix& posix, const Destination& destination,
                                                const support::Pieces& contents) {
  const bool is_new = destination.kind == Destination::Kind::kMissing;
  auto file = TemporaryFile::Create(posix, destination.path, is_new ? kNewFileMode : kPrivateMode);
  if (!file) return GiveUp(file.error(), IsRefusedCreation(file.error().code));

  if (auto written = WritePieces(posix, *file, contents); !written) {
    return GiveUp(written.error());
  }
  Replaced replaced;
  if (!is_new) {
    replaced.owner_lost = FailureOf(KeepOwner(posix, file->descriptor(), destination));
    const auto mode = KeepMode(posix, file->descriptor(), destination);
    if (!mode) return GiveUp(mode.error(), true);
  }
  if (auto synced = SyncFile(posix, file->descriptor(), file->path()); !synced) {
    return GiveUp(synced.error());
  }
  replaced.identity = IdentityOf(file->descriptor());
  if (auto renamed = file->Replace(destination.path); !renamed) {
    return GiveUp(renamed.error(), IsRefusedRename(renamed.error().code));
  }
  replaced.not_durable = FailureOf(SyncDirectory(posix, DirectoryOf(destination.path)));
  return replaced;
}

tl::expected<std::optional<FileIdentity>, NotOverwritten> OverwriteFile(
    Posix& posix, const Destination& destination, std::string_view bytes) {
  const bool is_new = destination.kind == Destination::Kind::kMissing;
  const int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | (is_new ? O_CREAT : 0);
  const auto file = OpenFile(posix, destination.path, flags, kNewFileMode);
  if (!file) return tl::unexpected(NotOverwritten{.failure = file.error()});
  if (auto room =
          ReserveRoom(posix, file->get(), static_cast<off_t>(bytes.size()), destination.path);
      !room) {
    return tl::unexpected(NotOverwritten{.failure = room.error()});
  }
  if (auto written = Overwrite(posix, file->get(), bytes, destination.path); !written) {
    return tl::unexpected(NotOverwritten{.failure = written.error(), .damaged = true});
  }
  return IdentityOf(file->get());
}

}  // namespace ecsd::output
