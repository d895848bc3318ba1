#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/result.h"

namespace ecsd::server {

// Where to listen. An empty host is every address of the machine, IPv6 and IPv4.
struct ListenAddress {
  std::string host;        // a name or an address, IPv6 without brackets
  std::uint16_t port = 0;  // 0: any free one
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// Reads "HOST:PORT" as Go writes it: ":8080", "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
// kConfig for anything else.
[[nodiscard]] support::Result<ListenAddress> ParseListenAddress(std::string_view text);

// `address` as it is written: "[::1]:8080".
[[nodiscard]] std::string ToString(const ListenAddress& address);

// A socket that listens at `address`; the caller closes it. kResource when the next start may
// succeed: the address is in use, is not (yet) one of this machine, the name server does not
// respond, or there are no descriptors. kConfig when it cannot: the port needs a privilege, the
// name does not exist.
[[nodiscard]] support::Result<int> OpenListener(const ListenAddress& address);

// The port that a socket listens at.
[[nodiscard]] std::uint16_t PortOf(int listener);

}  // namespace ecsd::server
