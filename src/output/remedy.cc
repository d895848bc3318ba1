#include "output/remedy.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace ecsd::output {

std::string RemedyFor(int code, const std::string& directory) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:  // NOLINT(misc-include-cleaner): of no standard header
      return "free space on the file system of " + directory;
    case EFBIG:
      return "raise the limit on file sizes (ulimit -f)";
    case EROFS:
      return "mount its file system writable or choose another path";
    case EACCES:
    case EPERM:
      return fmt::format("let user id {} write in {}", ::geteuid(), directory);
    case EMFILE:
    case ENFILE:
      return "raise the limit on open files (ulimit -n)";
    case ENXIO:
    case EPIPE:
    case ETIMEDOUT:
      return "start a reader, or write to a regular file";
    default:
      return "check " + directory;
  }
}

}  // namespace ecsd::output
