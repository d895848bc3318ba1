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

std::string_view UnreachableKindOfV4(std::uint32_t v4) {
  if (v4 >> 24U == 127U) return "a loopback address";
  if (v4 >> 24U == 0U) return "an unspecified address";
  if (v4 >> 16U == 0xA9FEU) return "a link-local address";
  if (v4 >> 28U == 0xEU) return "a multicast address";
  return v4 == 0xFFFFFFFFU ? "a broadcast address" : "";
}

// The IPv4 address that `text` is, or that it holds mapped into IPv6.
std::optional<std::uint32_t> InnerV4(std::string_view text) {
  if (const auto v4 = ParseV4(text)) return ntohl(v4->s_addr);
  const auto v6 = ParseV6(text);
  if (!v6 || !IsMappedV4(*v6)) return std::nullopt;
  std::uint32_t inner = 0;
  const auto* bytes = static_cast<const std::uint8_t*>(v6->s6_addr);
  for (const auto* byte = bytes + 12; byte != bytes + 16; ++byte) inner = inner << 8U | *byte;
  return inner;
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

std::string_view UnreachableKind(std::string_view text) {
  if (const auto v4 = InnerV4(text)) return UnreachableKindOfV4(*v4);
  const auto v6 = ParseV6(text);
  if (!v6) return "";
  if (IsLoopback(text)) return "a loopback address";
  if (IsUnspecified(text)) return "an unspecified address";
  const auto* bytes = static_cast<const std::uint8_t*>(v6->s6_addr);
  if (bytes[0] == 0xFF) return "a multicast address";
  return bytes[0] == 0xFE && (bytes[1] & 0xC0U) == 0x80U ? "a link-local address" : "";
}

std::string_view UnreachableVpcKind(std::string_view text) {
  const auto v4 = InnerV4(text);
  const bool may_serve = v4 && *v4 >> 24U == 127U && *v4 >> 16U != 0x7F00U;
  return may_serve ? std::string_view() : UnreachableKind(text);
}

bool IsDockerBridgeDefault(std::string_view text) {
  constexpr std::uint32_t kDefault = 0xAC110001U;  // 172.17.0.1
  return InnerV4(text) == kDefault;
}

std::string JoinHostPort(std::string_view host, std::uint16_t port) {
  if (ParseV6(host)) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

}  // namespace ecsd::core
