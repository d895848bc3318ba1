#pragma once

#include <cstddef>

namespace ecsd::discovery {

// The most calls that one refresh has in flight: enough to hide the latency of a call, and to use
// all of AWS' limits though some calls wait for their turn in one bucket while others go through
// another; fewer where the process may open few descriptors. The limits of AWS themselves are kept
// by the clients.
[[nodiscard]] std::size_t CallsInFlight();

}  // namespace ecsd::discovery
