#include "server/files.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include "support/result.h"

namespace ecsd::server {

support::Result<std::string> ReadFile(const std::string& path, std::size_t limit) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(limit + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return support::Fail(support::ErrorKind::kConfig,
                         fmt::format("{} cannot be read: {}", path,
                                     std::generic_category().message(errno == 0 ? EIO : errno)));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > limit) {
    return support::Fail(support::ErrorKind::kConfig,
                         fmt::format("{} has more than {} bytes", path, limit));
  }
  return text;
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
