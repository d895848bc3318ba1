#include "discovery/calls_in_flight.h"

#include <algorithm>
#include <cstddef>

#include "support/descriptors.h"

namespace ecsd::discovery {
namespace {

constexpr std::size_t kCallsInFlight = 64;

// What a call needs: a socket (two while IPv4 and IPv6 are tried), what libcurl wakes itself with,
// and what a look-up of a name takes. The others are for files and for the web server.
constexpr std::size_t kDescriptorsOfACall = 6;
constexpr std::size_t kOtherDescriptors = 40;

}  // namespace

std::size_t CallsInFlight() {
  const auto most = support::MostDescriptors();
  const auto left = most > kOtherDescriptors ? most - kOtherDescriptors : 0;
  return std::clamp(left / kDescriptorsOfACall, std::size_t{4}, kCallsInFlight);
}

}  // namespace ecsd::discovery
