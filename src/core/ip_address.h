#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ecsd::core {

enum class IpFamily : std::uint8_t { kNone, kV4, kV6 };

// Which kind of IP address literal `text` is (no brackets, no zone, no port); kNone when it is
// none.
[[nodiscard]] IpFamily FamilyOf(std::string_view text);

// 127.0.0.0/8, ::1 and the former mapped into IPv6.
[[nodiscard]] bool IsLoopback(std::string_view text);

// 0.0.0.0 or ::, "every address of this host".
[[nodiscard]] bool IsUnspecified(std::string_view text);

// Why `text` is no address at which another machine could reach anything: "a loopback address", "an
// unspecified address", "a link-local address", "a multicast address" or "a broadcast address"
// (RFC 6890, and for IPv6 RFC 4291; an IPv4 address mapped into IPv6 counts as itself). Empty for
// every other address, and for what is no IP address literal.
[[nodiscard]] std::string_view UnreachableKind(std::string_view text);

// The same for an address out of a VPC, where 127.0.0.0/8 is not possible (Amazon VPC User Guide,
// "VPC CIDR blocks"): 127.0.0.0/16 is what stand-ins for EC2 and ECS report when they know none.
// Other addresses of 127.0.0.0/8 are taken, for such a stand-in may serve something there
// (`ecs-sim --exporters`).
[[nodiscard]] std::string_view UnreachableVpcKind(std::string_view text);

// The address that Docker gives its bridge docker0 on every machine unless it is configured
// otherwise (https://docs.docker.com/engine/network/drivers/bridge/).
[[nodiscard]] bool IsDockerBridgeDefault(std::string_view text);

// host:port as Prometheus wants it: an IPv6 literal gets brackets, anything else stays as it is.
[[nodiscard]] std::string JoinHostPort(std::string_view host, std::uint16_t port);

}  // namespace ecsd::core
