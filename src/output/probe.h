#pragma once

#include <cstdint>
#include <string>

#include "support/result.h"

namespace ecsd::output {

class Posix;

// How a file at some path would be written.
enum class Writability : std::uint8_t {
  kAtomic,   // replaced whole
  kInPlace,  // its directory cannot be written, so it would be written over: a reader may see a
             // part
  kStream,   // a device or a pipe, written straight
};

// Finds out how `path` can be written, by making and removing a temporary file beside it, with room
// for as many bytes as the file has now, and opening it, without changing what it holds. kIo when
// it cannot be written at all; the message ends with what to do.
[[nodiscard]] support::Result<Writability> ProbeOutput(const std::string& path);

// As above, with system calls that tests make fail.
[[nodiscard]] support::Result<Writability> ProbeOutput(const std::string& path, Posix& posix);

}  // namespace ecsd::output
