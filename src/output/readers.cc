#include "output/readers.h"

#include <fmt/core.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "output/destination.h"
#include "output/posix.h"
#include "output/temporary_file.h"

namespace ecsd::output {
namespace {

constexpr mode_t kPermissions = 07777;
constexpr mode_t kModeOfNewFiles = 0644;

// Owner and mode that a new file at `path` gets; nothing when none can be made.
std::optional<struct stat> AboutNewFile(const std::string& path) {
  Posix posix;
  const auto file = TemporaryFile::Create(posix, path, kModeOfNewFiles);
  struct stat about{};
  if (!file || ::fstat(file->descriptor(), &about) != 0) return std::nullopt;
  return about;
}

struct Directory {
  std::string path;
  struct stat about{};
};

// The first of the directories above `path`, the nearest first, that `is_closed`.
template <typename IsClosed>
std::optional<Directory> FirstAbove(const std::string& path, const IsClosed& is_closed) {
  std::error_code failed;
  auto at = std::filesystem::absolute(DirectoryOf(path), failed);
  if (failed) return std::nullopt;
  for (; !at.empty(); at = at.parent_path()) {
    Directory directory{.path = at.string()};
    if (::stat(at.c_str(), &directory.about) == 0 && is_closed(directory.about)) return directory;
    if (at == at.root_path()) break;
  }
  return std::nullopt;
}

// A directory above `path` that only its owner may search.
std::optional<std::string> ClosedDirectory(const std::string& path) {
  constexpr mode_t kOthersSearch = 0011;
  const auto closed = FirstAbove(
      path, [](const struct stat& about) { return (about.st_mode & kOthersSearch) == 0; });
  if (!closed) return std::nullopt;
  return fmt::format(
      "only its owner may search directory {} (mode {:04o}), so Prometheus "
      "running as another user cannot read the file: chmod o+x {}",
      closed->path, closed->about.st_mode & kPermissions, closed->path);
}

constexpr mode_t kRead = 4;
constexpr mode_t kSearch = 1;

// Whether the permission bits give `reader` what is asked for.
bool Gives(const struct stat& about, const Reader& reader, mode_t what) {
  constexpr unsigned kOwner = 6;
  constexpr unsigned kGroup = 3;
  if (reader.user == 0) return true;
  unsigned shift = 0;
  if (about.st_uid == reader.user) {
    shift = kOwner;
  } else if (std::ranges::find(reader.groups, about.st_gid) != reader.groups.end()) {
    shift = kGroup;
  }
  return ((about.st_mode >> shift) & what) != 0;
}

std::string Rights(const struct stat& about) {
  return fmt::format("mode {:04o}, user {}, group {}", about.st_mode & kPermissions, about.st_uid,
                     about.st_gid);
}

}  // namespace

std::string LetOthersRead(const std::string& path, mode_t mode) {
  return fmt::format(
      "its mode is {:04o}, so Prometheus running as another user cannot read it: "
      "chmod 644 {}, or start this program with umask 022 before the file exists",
      mode & kPermissions, path);
}

std::optional<std::string> WhyOnlyOwnerReads(const std::string& path) {
  const auto destination = FindDestination(path);
  if (!destination || destination->kind == Destination::Kind::kStream) return std::nullopt;
  auto mode = destination->mode;
  if (destination->kind == Destination::Kind::kMissing) {
    const auto about = AboutNewFile(destination->path);
    if (!about) return ClosedDirectory(destination->path);
    mode = about->st_mode;
  }
  if (OnlyOwnerReads(mode)) return LetOthersRead(destination->path, mode);
  return ClosedDirectory(destination->path);
}

std::optional<Reader> FindReader(const std::string& name) {
  constexpr std::size_t kRoom = 16384;
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> room(kRoom);
  if (::getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found) != 0 || !found)
    return std::nullopt;
  int count = 256;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (::getgrouplist(name.c_str(), entry.pw_gid, groups.data(), &count) < 0)
    count = static_cast<int>(groups.size());
  groups.resize(static_cast<std::size_t>(count));
  return Reader{.name = name, .user = entry.pw_uid, .groups = std::move(groups)};
}

std::optional<std::string> WhyCannotRead(const std::string& path, const Reader& reader) {
  const auto destination = FindDestination(path);
  if (!destination || destination->kind == Destination::Kind::kStream) return std::nullopt;
  std::optional<struct stat> about;
  if (destination->kind == Destination::Kind::kMissing) {
    about = AboutNewFile(destination->path);
  } else if (struct stat found{}; ::stat(destination->path.c_str(), &found) == 0) {
    about = found;
  }
  if (about && !Gives(*about, reader, kRead)) {
    return fmt::format("user {} may not read it ({}): chmod o+r {}, or add {} to the group",
                       reader.name, Rights(*about), destination->path, reader.name);
  }
  const auto closed = FirstAbove(destination->path, [&](const struct stat& directory) {
    return !Gives(directory, reader, kSearch);
  });
  if (!closed) return std::nullopt;
  return fmt::format(
      "user {} may not search directory {} ({}): chmod o+x {}, or add {} to the group", reader.name,
      closed->path, Rights(closed->about), closed->path, reader.name);
}

}  // namespace ecsd::output
