#include "output/file_identity.h"

#include <sys/stat.h>

#include <optional>
#include <string>

namespace ecsd::output {
namespace {

std::optional<FileIdentity> IdentityOf(const struct stat& about) {
  if (!S_ISREG(about.st_mode)) return std::nullopt;
  return FileIdentity{.device = about.st_dev,
                      .inode = about.st_ino,
                      .size = about.st_size,
                      .mtime_seconds = about.st_mtim.tv_sec,
                      .mtime_nanoseconds = about.st_mtim.tv_nsec};
}

}  // namespace

std::optional<FileIdentity> IdentityOf(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return IdentityOf(about);
}

std::optional<FileIdentity> IdentityOf(int descriptor) {
  struct stat about{};
  if (::fstat(descriptor, &about) != 0) return std::nullopt;
  return IdentityOf(about);
}

}  // namespace ecsd::output
