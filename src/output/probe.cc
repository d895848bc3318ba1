#include "output/probe.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <algorithm>
#include <string>
#include <tl/expected.hpp>

#include "output/destination.h"
#include "output/posix.h"
#include "output/remedy.h"
#include "output/temporary_file.h"
#include "support/descriptor.h"
#include "support/result.h"

namespace ecsd::output {
namespace {

// How large the next file is expected to be: as the present one, or small.
off_t ExpectedSize(const std::string& path) {
  constexpr off_t kLeast = 4096;
  struct stat about{};
  return ::stat(path.c_str(), &about) == 0 ? std::max(about.st_size, kLeast) : kLeast;
}

tl::unexpected<support::Error> CannotWrite(const std::string& path, const Failure& failure,
                                           const Destination& destination) {
  return support::Fail(support::ErrorKind::kIo,
                       fmt::format("{}: {}: {}", path, Describe(failure),
                                   RemedyFor(failure.code, DirectoryOf(destination.path))));
}

}  // namespace

support::Result<Writability> ProbeOutput(const std::string& path) {
  Posix posix;
  return ProbeOutput(path, posix);
}

support::Result<Writability> ProbeOutput(const std::string& path, Posix& posix) {
  const auto destination = FindDestination(path);
  if (!destination) return tl::unexpected(destination.error());
  if (destination->kind == Destination::Kind::kStream) return Writability::kStream;
  const auto temporary = TemporaryFile::Create(posix, destination->path, 0600);
  if (temporary) {
    const auto room = ReserveRoom(posix, temporary->descriptor(), ExpectedSize(destination->path),
                                  temporary->path());
    if (!room) return CannotWrite(path, room.error(), *destination);
    return Writability::kAtomic;
  }
  if (destination->kind == Destination::Kind::kRegular) {
    const support::Descriptor file(posix.Open(destination->path, O_WRONLY | O_CLOEXEC, 0));
    if (file) return Writability::kInPlace;
  }
  return CannotWrite(path, temporary.error(), *destination);
}

}  // namespace ecsd::output
