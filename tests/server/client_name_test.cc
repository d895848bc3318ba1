#include "server/client_name.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

namespace ecsd::server {
namespace {

std::string NameOf6(const std::string& text) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &address.sin6_addr), 1);
  return ClientName(reinterpret_cast<const sockaddr*>(&address));
}

TEST(ClientNameTest, NamesAnIpv4AddressOrAnIpv6Network) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x0A000005);

  EXPECT_EQ(ClientName(reinterpret_cast<const sockaddr*>(&address)), "10.0.0.5");
  EXPECT_EQ(NameOf6("::ffff:10.0.0.5"), "10.0.0.5");
  EXPECT_EQ(NameOf6("2001:db8:0:1:2:3:4:5"), "2001:db8:0:1::");
  EXPECT_EQ(ClientName(nullptr), "");
}

}  // namespace
}  // namespace ecsd::server
