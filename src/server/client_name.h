#pragma once

#include <sys/socket.h>

#include <string>

namespace ecsd::server {

// The client at `address` as text: "10.0.0.5", of IPv6 the /64 network that one client commonly has
// all of ("2001:db8:0:1::"), and IPv4 addresses in IPv6 form as what they are. "" where it has
// none.
[[nodiscard]] std::string ClientName(const sockaddr* address);

}  // namespace ecsd::server
