#include "output/destination.h"

#include <fmt/core.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>

#include "support/result.h"

namespace ecsd::output {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr int kMostLinks = 40;  // as the kernel's own limit

std::string Reason(int code) {
  return std::generic_category().message(code);
}

std::string Canonical(const std::string& path) {
  std::error_code error;
  return std::filesystem::canonical(path, error).string();
}

bool IsOnProc(const std::string& directory) {
  struct statfs about{};
  return ::statfs(directory.c_str(), &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
}

// N for /proc/self/fd/N in any of its spellings. Opening that path would start at the beginning of
// a redirected file again, and fails for a socket, so the descriptor itself is what must be
// written.
std::optional<int> OwnDescriptor(const std::string& path) {
  const std::string self = Canonical("/proc/self");
  const std::string directory = Canonical(DirectoryOf(path));
  if (self.empty() || !directory.starts_with(self + '/') || !directory.ends_with("/fd")) {
    return std::nullopt;
  }
  const std::string name = NameOf(path);
  int descriptor = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), descriptor);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return descriptor;
}

Result<std::string> ReadLink(const std::string& path) {
  std::array<char, PATH_MAX> text{};
  const ssize_t length = ::readlink(path.c_str(), text.data(), text.size());
  if (length < 0) {
    return Fail(ErrorKind::kIo,
                fmt::format("cannot read the symbolic link {}: {}", path, Reason(errno)));
  }
  const std::string_view target(text.data(), static_cast<std::size_t>(length));
  if (target.starts_with('/')) return std::string(target);
  return fmt::format("{}/{}", DirectoryOf(path), target);
}

Destination Found(Destination::Kind kind, const std::string& path) {
  Destination destination;
  destination.kind = kind;
  destination.path = path;
  return destination;
}

tl::unexpected<support::Error> IsADirectory(const std::string& path) {
  return Fail(ErrorKind::kIo, path + " is a directory: give the path of a file in it");
}

// `path`, which lstat did not find because of `code`.
Result<Destination> FindMissing(const std::string& path, int code) {
  const std::string directory = DirectoryOf(path);
  struct stat about{};
  const int found = ::stat(directory.c_str(), &about);
  if (code == ENOENT && found != 0 && errno == ENOENT) {
    return Fail(
        ErrorKind::kIo,
        fmt::format("directory {} does not exist: create it or choose another path", directory));
  }
  if (found == 0 && !S_ISDIR(about.st_mode)) {
    return Fail(ErrorKind::kIo,
                fmt::format("{} is not a directory: choose another path", directory));
  }
  if (code == ENOENT && IsOnProc(directory)) return Fail(ErrorKind::kIo, path + " is not open");
  if (code == ENOENT && found == 0) return Found(Destination::Kind::kMissing, path);
  return Fail(ErrorKind::kIo, fmt::format("cannot look at {}: {}", path, Reason(code)));
}

// `path`, which is no symbolic link.
Result<Destination> FindHere(const std::string& path, const struct stat& about) {
  if (S_ISDIR(about.st_mode)) return IsADirectory(path);
  if (S_ISSOCK(about.st_mode)) {
    return Fail(ErrorKind::kIo, path + " is a socket: give the path of a file");
  }
  if (!S_ISREG(about.st_mode)) return Found(Destination::Kind::kStream, path);
  Destination regular = Found(Destination::Kind::kRegular, path);
  regular.mode = about.st_mode & 07777U;
  regular.user = about.st_uid;
  regular.group = about.st_gid;
  return regular;
}

// `path`, a link on /proc: no path but a handle of an open file.
Result<Destination> FindHandle(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode)) return IsADirectory(path);
  Destination stream = Found(Destination::Kind::kStream, path);
  stream.descriptor = OwnDescriptor(path);
  return stream;
}

Result<Destination> Follow(std::string path) {
  for (int links = 0; links <= kMostLinks; ++links) {
    struct stat about{};
    if (path.ends_with('/'))
      return Fail(ErrorKind::kIo, path + " ends in a slash: give the path of a file");
    if (::lstat(path.c_str(), &about) != 0) return FindMissing(path, errno);
    if (!S_ISLNK(about.st_mode)) return FindHere(path, about);
    if (IsOnProc(DirectoryOf(path))) return FindHandle(path);
    auto next = ReadLink(path);
    if (!next) return tl::unexpected(next.error());
    path = *next;
  }
  return Fail(ErrorKind::kIo, "its symbolic links lead in a circle: mend or remove them");
}

}  // namespace

Result<Destination> FindDestination(const std::string& path) {
  if (path.empty()) return Fail(ErrorKind::kIo, "output file: the path is empty: give one");
  auto destination = Follow(path);
  if (!destination) {
    return tl::unexpected(support::Annotate("output file " + path, destination.error()));
  }
  return destination;
}

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string NameOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace ecsd::output
