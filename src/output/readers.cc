#include "output/readers.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "output/destination.h"
#include "output/posix.h"
#include "output/temporary_file.h"

namespace ecsd::output {
namespace {

constexpr mode_t kPermissions = 07777;
constexpr mode_t kModeOfNewFiles = 0644;

// The mode that a new file at `path` gets; nothing when none can be made.
std::optional<mode_t> ModeOfNewFile(const std::string& path) {
  Posix posix;
  const auto file = TemporaryFile::Create(posix, path, kModeOfNewFiles);
  struct stat about{};
  if (!file || ::fstat(file->descriptor(), &about) != 0) return std::nullopt;
  return about.st_mode & kPermissions;
}

// The directories above `path`, the nearest first, that only their owner may search: the first.
std::optional<std::string> ClosedDirectory(const std::string& path) {
  constexpr mode_t kOthersSearch = 0011;
  std::error_code failed;
  auto directory = std::filesystem::absolute(DirectoryOf(path), failed);
  if (failed) return std::nullopt;
  for (; !directory.empty(); directory = directory.parent_path()) {
    struct stat about{};
    if (::stat(directory.c_str(), &about) == 0 && (about.st_mode & kOthersSearch) == 0) {
      return fmt::format(
          "only its owner may search directory {} (mode {:04o}), so Prometheus "
          "running as another user cannot read the file: chmod o+x {}",
          directory.string(), about.st_mode & kPermissions, directory.string());
    }
    if (directory == directory.root_path()) break;
  }
  return std::nullopt;
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
  const auto mode = destination->kind == Destination::Kind::kRegular
                        ? std::optional(destination->mode)
                        : ModeOfNewFile(destination->path);
  if (mode && OnlyOwnerReads(*mode)) return LetOthersRead(destination->path, *mode);
  return ClosedDirectory(destination->path);
}

}  // namespace ecsd::output
