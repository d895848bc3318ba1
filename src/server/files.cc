#include "server/files.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "support/read_file.h"
#include "support/result.h"

namespace ecsd::server {
namespace {

using Why = support::FileFailure::Why;

std::string Describe(const std::string& path, std::size_t limit,
                     const support::FileFailure& failure) {
  switch (failure.why) {
    case Why::kKind:
      return fmt::format("{} cannot be read: it is {}; name a regular file", path, failure.kind);
    case Why::kTooLarge:
      return fmt::format("{} has more than {} bytes", path, limit);
    case Why::kSystem:
      break;
  }
  return fmt::format("{} cannot be read: {}", path, std::generic_category().message(failure.code));
}

}  // namespace

support::Result<std::string> ReadFile(const std::string& path, std::size_t limit) {
  auto text = support::ReadFile(path, limit);
  if (text) return *std::move(text);
  return support::Fail(support::ErrorKind::kConfig, Describe(path, limit, text.error()));
}

std::optional<FileStamp> StampOf(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileStamp{.seconds = status.st_mtim.tv_sec,
                   .nanoseconds = status.st_mtim.tv_nsec,
                   .size = status.st_size,
                   .inode = status.st_ino};
}

}  // namespace ecsd::server
