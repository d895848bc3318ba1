#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ecsd::support {

// Why a file was not read; each caller has its own words for it.
struct FileFailure {
  enum class Why : std::uint8_t {
    kSystem,    // open, fstat or read failed with `code`
    kKind,      // it is `kind`, which is not read
    kTooLarge,  // it has more bytes than the limit
  };

  Why why = Why::kSystem;
  int code = 0;           // errno
  std::string_view kind;  // "a directory"
};

// Whether character devices are read too, as /dev/null is often named for "no file".
enum class Devices : std::uint8_t { kRefused, kRead };

// The whole file at `path`, which must be a regular file (links are followed) of at most `limit`
// bytes. What it is, is asked of the open descriptor, so a FIFO that takes its place a moment
// before is refused too, and opening it does not wait for a writer. On a file system that hangs it
// hangs: never to be called under a lock that requests take.
[[nodiscard]] tl::expected<std::string, FileFailure> ReadFile(const std::string& path,
                                                              std::size_t limit,
                                                              Devices devices = Devices::kRefused);

}  // namespace ecsd::support
