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

// host:port as Prometheus wants it: an IPv6 literal gets brackets, anything else stays as it is.
[[nodiscard]] std::string JoinHostPort(std::string_view host, std::uint16_t port);

}  // namespace ecsd::core
