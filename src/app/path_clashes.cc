#include "app/path_clashes.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <system_error>

#include "output/destination.h"
#include "support/result.h"

namespace ecsd::app {
namespace {

using support::ErrorKind;
using support::Result;

// Where a path leads.
struct Place {
  std::string path;                 // behind all links, also one that leads to nothing yet
  std::optional<struct stat> file;  // of the file that is there
};

// Nothing where it leads to a device, a pipe, or nowhere.
std::optional<Place> Locate(const std::string& path) {
  const auto end = output::FindDestination(path);
  if (!end || end->kind == output::Destination::Kind::kStream) return std::nullopt;
  std::error_code error;
  const auto directory = std::filesystem::canonical(output::DirectoryOf(end->path), error);
  if (error) return std::nullopt;
  Place place{.path = directory / output::NameOf(end->path), .file = {}};
  struct stat about{};
  if (::stat(place.path.c_str(), &about) == 0) place.file = about;
  return place;
}

bool IsSame(const Place& left, const Place& right) {
  if (left.path == right.path) return true;
  return left.file && right.file && left.file->st_dev == right.file->st_dev &&
         left.file->st_ino == right.file->st_ino;
}

bool Clash(const NamedPath& left, const NamedPath& right) {
  if ((!left.written && !right.written) || left.path.empty() || right.path.empty()) return false;
  const auto left_place = Locate(left.path);
  const auto right_place = Locate(right.path);
  return left_place && right_place && IsSame(*left_place, *right_place);
}

}  // namespace

Result<void> CheckPathClashes(std::span<const NamedPath> paths) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (const auto& other : paths.subspan(i + 1)) {
      if (!Clash(paths[i], other)) continue;
      return support::Fail(
          ErrorKind::kConfig,
          fmt::format("{} ({}) and {} ({}) are one file, which the program would write over: give "
                      "each a file of its own",
                      paths[i].setting, paths[i].path, other.setting, other.path));
    }
  }
  return {};
}

}  // namespace ecsd::app
