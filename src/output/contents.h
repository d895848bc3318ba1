#pragma once

#include <string_view>

#include "output/destination.h"
#include "output/posix.h"

namespace ecsd::output {

// `destination`, open for reading, if it is a regular file that holds exactly `bytes`; else no
// descriptor. It is read in pieces, and only if its size is right. A file that cannot be read is
// not equal.
[[nodiscard]] Descriptor OpenIfEqual(Posix& posix, const Destination& destination,
                                     std::string_view bytes);

}  // namespace ecsd::output
