#include "support/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "support/descriptor.h"

namespace ecsd::support {
namespace {

using Why = FileFailure::Why;
using Text = tl::expected<std::string, FileFailure>;

tl::unexpected<FileFailure> SystemFailure() {
  return tl::unexpected(FileFailure{.why = Why::kSystem, .code = errno, .kind = {}});
}

tl::unexpected<FileFailure> TooLarge() {
  return tl::unexpected(FileFailure{.why = Why::kTooLarge, .code = 0, .kind = {}});
}

std::string_view KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// At most one byte more than `limit`, whatever size the file claims to have.
Text ReadUpTo(const Descriptor& file, std::size_t limit) {
  std::string text;
  constexpr std::size_t kPiece = 16384;
  while (text.size() <= limit) {
    const auto before = text.size();
    text.resize(std::min(before + kPiece, limit + 1));
    const ssize_t count = ::read(file.get(), text.data() + before, text.size() - before);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemFailure();
    if (count == 0) return text;
  }
  return TooLarge();
}

}  // namespace

Text ReadFile(const std::string& path, std::size_t limit, Devices devices) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!file) return SystemFailure();
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return SystemFailure();
  const bool device = S_ISCHR(about.st_mode) && devices == Devices::kRead;
  if (!S_ISREG(about.st_mode) && !device) {
    return tl::unexpected(FileFailure{.why = Why::kKind, .code = 0, .kind = KindOf(about.st_mode)});
  }
  if (S_ISREG(about.st_mode) && static_cast<std::size_t>(about.st_size) > limit) return TooLarge();
  return ReadUpTo(file, limit);
}

}  // namespace ecsd::support
