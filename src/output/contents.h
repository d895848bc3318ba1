#pragma once

#include "output/destination.h"
#include "output/posix.h"
#include "support/descriptor.h"
#include "support/pieces.h"

namespace ecsd::output {

// `destination`, open for reading, if it is a regular file that holds exactly `contents`; else no
// descriptor. The two are compared piece by piece, up to the first difference. A file that cannot
// be read is not equal.
[[nodiscard]] support::Descriptor OpenIfEqual(Posix& posix, const Destination& destination,
                                              const support::Pieces& contents);

}  // namespace ecsd::output
