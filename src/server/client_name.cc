#include "server/client_name.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace ecsd::server {
namespace {

std::string TextOf(int family, const void* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, bytes, text.data(), text.size());
  return text.data();
}

}  // namespace

std::string ClientName(const sockaddr* address) {
  constexpr std::size_t kNetworkBytes = 8;
  constexpr std::size_t kMappedAt = 12;
  if (address == nullptr) return "";
  if (address->sa_family == AF_INET) {
    sockaddr_in inner{};
    std::memcpy(&inner, address, sizeof(inner));
    return TextOf(AF_INET, &inner.sin_addr);
  }
  if (address->sa_family != AF_INET6) return "";
  sockaddr_in6 outer{};
  std::memcpy(&outer, address, sizeof(outer));
  auto* bytes = static_cast<std::uint8_t*>(outer.sin6_addr.s6_addr);
  if (IN6_IS_ADDR_V4MAPPED(&outer.sin6_addr)) return TextOf(AF_INET, bytes + kMappedAt);
  std::fill_n(bytes + kNetworkBytes, sizeof(outer.sin6_addr) - kNetworkBytes, std::uint8_t{0});
  return TextOf(AF_INET6, bytes);
}

}  // namespace ecsd::server
