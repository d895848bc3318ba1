#include "output/probe.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "output/destination.h"
#include "output/posix.h"
#include "output/temporary_file.h"
#include "support/descriptor.h"
#include "support/result.h"

namespace ecsd::output {

support::Result<Writability> ProbeOutput(const std::string& path) {
  const auto destination = FindDestination(path);
  if (!destination) return tl::unexpected(destination.error());
  if (destination->kind == Destination::Kind::kStream) return Writability::kStream;
  Posix posix;
  const auto temporary = TemporaryFile::Create(posix, destination->path, 0600);
  if (temporary) return Writability::kAtomic;
  if (destination->kind == Destination::Kind::kRegular) {
    const support::Descriptor file(posix.Open(destination->path, O_WRONLY | O_CLOEXEC, 0));
    if (file) return Writability::kInPlace;
  }
  return support::Fail(support::ErrorKind::kIo,
                       fmt::format("{}: {}", path, Describe(temporary.error())));
}

}  // namespace ecsd::output
