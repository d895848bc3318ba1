#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace ecsd::server {

// "HOST" or "HOST:PORT" of a Host header, an Origin or a flag, in a form that can be compared: in
// lower case, without a dot at the end, IPv6 addresses without brackets and as inet_ntop writes
// them.
struct HostPort {
  std::string host;
  std::optional<std::uint16_t> port;  // nothing: that of the scheme
  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// Nothing for what is neither a name, an IPv4 address nor an IPv6 address in brackets (RFC 9110,
// section 7.2), and for user information before it.
[[nodiscard]] std::optional<HostPort> ParseHostPort(std::string_view text);

// Whether `origin` (an Origin header, RFC 6454: "http://host:8080") is the site that `host` (a Host
// header) names. The scheme is left out of it, since a proxy may have ended TLS; it says which port
// is meant where none is written. "null" is no site.
[[nodiscard]] bool IsOriginOf(std::string_view origin, std::string_view host);

// --web.allowed-hosts: the names that a request may call this server by. A page whose name an
// attacker points at this server (DNS rebinding) calls it by that name, and gets nothing.
class AllowedHosts {
 public:
  // Names and addresses, comma separated, each with or without port: "ecs.example.org,
  // 10.0.0.5:8080, [::1]". An empty text: every host. kConfig for anything else; there are no
  // wildcards.
  [[nodiscard]] static support::Result<AllowedHosts> Parse(std::string_view text);

  // Whether a request with this Host header may be answered. A host that is listed without a port
  // may be asked for at any; one with a port at that one only, which 80 and 443 are where the
  // header has none.
  [[nodiscard]] bool Admits(std::string_view host) const;

 private:
  std::vector<HostPort> hosts_;  // empty: every host
};

}  // namespace ecsd::server
