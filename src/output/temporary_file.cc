#include "output/temporary_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "output/destination.h"
#include "output/posix.h"
#include "support/descriptor.h"

namespace ecsd::output {
namespace {

constexpr std::size_t kSuffixDigits = 8;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// The names of all temporary files of `target` start so. A long name is cut, for 255 bytes are the
// most a name can have.
std::string Prefix(const std::string& target) {
  constexpr std::size_t kMostOfName = 200;
  return fmt::format(".{}.tmp-", NameOf(target).substr(0, kMostOfName));
}

std::string NewName(const std::string& target) {
  const std::uint32_t suffix = std::random_device()();
  return fmt::format("{}/{}{}-{:0{}x}", DirectoryOf(target), Prefix(target), ::getpid(), suffix,
                     kSuffixDigits);
}

// The process id in `name`, if it is that of a temporary file.
std::optional<pid_t> ProcessOf(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  pid_t process = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
  if (error != std::errc() || process <= 0) return std::nullopt;
  name.remove_prefix(static_cast<std::size_t>(end - name.data()));
  if (name.size() != kSuffixDigits + 1 || name[0] != '-') return std::nullopt;
  if (name.find_first_not_of("0123456789abcdef", 1) != std::string_view::npos) return std::nullopt;
  return process;
}

// A process with our own id that is not this one lived before us, or lives in another container.
bool MayBeDead(pid_t process) {
  return process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
}

bool IsLocked(int fd) {
  return ::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

void RemoveIfUnused(Posix& posix, const std::string& path) {
  const auto file = OpenFile(posix, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat about{};
  if (!file || ::fstat(file->get(), &about) != 0 || !S_ISREG(about.st_mode)) return;
  if (!IsLocked(file->get())) static_cast<void>(posix.Unlink(path));
}

}  // namespace

TemporaryFile::TemporaryFile(Posix& posix, std::string path, support::Descriptor descriptor)
    : posix_(&posix), path_(std::move(path)), descriptor_(std::move(descriptor)) {}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : posix_(other.posix_),
      path_(std::exchange(other.path_, {})),
      descriptor_(std::move(other.descriptor_)) {}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) static_cast<void>(posix_->Unlink(path_));
}

SystemResult<TemporaryFile> TemporaryFile::Create(Posix& posix, const std::string& target,
                                                  mode_t mode) {
  constexpr int kMostTries = 100;
  for (int tries = 1;; ++tries) {
    std::string path = NewName(target);
    auto file = OpenFile(posix, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    if (file) {
      // A file system without locks leaves the process id to tell what is a leftover.
      static_cast<void>(::flock(file->get(), LOCK_EX | LOCK_NB));
      return TemporaryFile(posix, std::move(path), std::move(*file));
    }
    if (file.error().code == EEXIST && tries < kMostTries) continue;
    return tl::unexpected(Failure{.doing = "create a temporary file in " + DirectoryOf(target),
                                  .code = file.error().code});
  }
}

SystemResult<void> TemporaryFile::Replace(const std::string& target) {
  if (posix_->Rename(path_, target) != 0)
    return LastFailure("rename a temporary file to " + target);
  path_.clear();
  return {};
}

void RemoveLeftovers(Posix& posix, const std::string& target) {
  const std::string directory = DirectoryOf(target);
  const std::string prefix = Prefix(target);
  const std::unique_ptr<DIR, CloseDirectory> entries(::opendir(directory.c_str()));
  if (!entries) return;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): this DIR is ours alone
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name(std::data(entry->d_name));
    const auto process = ProcessOf(name, prefix);
    if (process && MayBeDead(*process)) {
      RemoveIfUnused(posix, fmt::format("{}/{}", directory, name));
    }
  }
}

}  // namespace ecsd::output
