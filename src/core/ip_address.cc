#include "core/ip_address.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ecsd::core {
namespace {

// The longest literal is an IPv6 address with an IPv4 tail; anything longer is no address.
using Literal = std::array<char, INET6_ADDRSTRLEN>;

std::optional<Literal> Terminated(std::string_view text) {
  Literal literal{};
  const bool fits = !text.empty() && text.size() < literal.size();
  // A NUL inside would end the text early for inet_pton.
  if (!fits || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::ranges::copy(text, literal.begin());
  return literal;
}

std::optional<in_addr> ParseV4(std::string_view text) {
  const auto literal = Terminated(text);
  in_addr address{};
  if (!literal || inet_pton(AF_INET, literal->data(), &address) != 1) return std::nullopt;
  return address;
}

std::optional<in6_addr> ParseV6(std::string_view text) {
  const auto literal = Terminated(text);
  in6_addr address{};
  if (!literal || inet_pton(AF_INET6, literal->data(), &address) != 1) return std::nullopt;
  return address;
}

// ::ffff:a.b.c.d holds an IPv4 address in its last four bytes (RFC 4291 section 2.5.5.2).
bool IsMappedV4(const in6_addr& address) {
  const auto* bytes = static_cast<const std::uint8_t*>(address.s6_addr);
  return std::all_of(bytes, bytes + 10, [](std::uint8_t byte) { return byte == 0; }) &&
         bytes[10] == 0xFF && bytes[11] == 0xFF;
}

}  // namespace

IpFamily FamilyOf(std::string_view text) {
  if (ParseV4(text)) return IpFamily::kV4;
  if (ParseV6(text)) return IpFamily::kV6;
  return IpFamily::kNone;
}

bool IsLoopback(std::string_view text) {
  if (const auto v4 = ParseV4(text)) return (ntohl(v4->s_addr) >> 24U) == 127U;
  const auto v6 = ParseV6(text);
  if (!v6) return false;
  const auto* bytes = static_cast<const std::uint8_t*>(v6->s6_addr);
  if (IsMappedV4(*v6)) return bytes[12] == 127;
  return std::all_of(bytes, bytes + 15, [](std::uint8_t byte) { return byte == 0; }) &&
         bytes[15] == 1;
}

bool IsUnspecified(std::string_view text) {
  if (const auto v4 = ParseV4(text)) return v4->s_addr == 0;
  const auto v6 = ParseV6(text);
  if (!v6) return false;
  const auto* bytes = static_cast<const std::uint8_t*>(v6->s6_addr);
  return std::all_of(bytes, bytes + 16, [](std::uint8_t byte) { return byte == 0; });
}

std::string JoinHostPort(std::string_view host, std::uint16_t port) {
  if (ParseV6(host)) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

}  // namespace ecsd::core
