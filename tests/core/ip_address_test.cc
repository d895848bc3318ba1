#include "core/ip_address.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ecsd::core {
namespace {

TEST(FamilyOfTest, KnowsLiteralsOnly) {
  EXPECT_EQ(FamilyOf("10.0.0.1"), IpFamily::kV4);
  EXPECT_EQ(FamilyOf("2001:db8::1"), IpFamily::kV6);
  EXPECT_EQ(FamilyOf("::ffff:10.0.0.1"), IpFamily::kV6);
  for (const auto& text : {std::string(), std::string("10.0.0"), std::string("10.0.0.256"),
                           std::string("[::1]"), std::string("fe80::1%eth0"), std::string("host"),
                           std::string("10.0.0.1\0", 9), std::string(100, '1')}) {
    EXPECT_EQ(FamilyOf(text), IpFamily::kNone) << text;
  }
}

TEST(IsLoopbackTest, HoldsForTheWholeV4NetworkAndOneV6Address) {
  for (const auto* text : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(IsLoopback(text)) << text;
  }
  for (const auto* text :
       {"", "0.0.0.0", "::", "128.0.0.1", "::2", "::ffff:10.0.0.1", "localhost"}) {
    EXPECT_FALSE(IsLoopback(text)) << text;
  }
}

TEST(IsUnspecifiedTest, HoldsForTheWildcardOfBothFamilies) {
  EXPECT_TRUE(IsUnspecified("0.0.0.0"));
  EXPECT_TRUE(IsUnspecified("::"));
  EXPECT_FALSE(IsUnspecified(""));
  EXPECT_FALSE(IsUnspecified("::1"));
  EXPECT_FALSE(IsUnspecified("0.0.0.1"));
}

TEST(UnreachableKindTest, NamesWhatNoOtherMachineReaches) {
  const std::vector<std::pair<std::string_view, std::vector<std::string_view>>> kinds = {
      {"a loopback address",
       {"127.0.0.1", "127.1.2.3", "127.255.255.255", "::1", "::ffff:127.0.0.1", "::FFFF:7f00:1"}},
      {"an unspecified address", {"0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"}},
      {"a link-local address",
       {"169.254.0.1", "169.254.255.255", "fe80::1", "FEBF::1", "::ffff:169.254.7.8"}},
      {"a multicast address", {"224.0.0.1", "239.1.2.3", "ff02::1", "::ffff:224.0.0.1"}},
      {"a broadcast address", {"255.255.255.255", "::ffff:255.255.255.255"}},
      {"",
       {"10.0.0.1", "172.17.0.1", "169.253.1.1", "169.255.1.1", "126.1.1.1", "128.0.0.1",
        "223.255.255.255", "240.0.0.1", "::2", "fec0::1", "fd00:ec2::1", "2001:db8::1",
        "::ffff:10.0.0.1", "", "localhost", "127.0.0", "fe80::1%eth0"}}};
  for (const auto& [kind, texts] : kinds) {
    for (const auto text : texts) EXPECT_EQ(UnreachableKind(text), kind) << text;
  }
}

TEST(UnreachableKindTest, TakesALoopbackAddressOutOfAVpcForThatOfAStandIn) {
  EXPECT_EQ(UnreachableVpcKind("127.0.0.1"), "a loopback address");
  EXPECT_EQ(UnreachableVpcKind("127.0.255.1"), "a loopback address");
  EXPECT_EQ(UnreachableVpcKind("::1"), "a loopback address");
  EXPECT_EQ(UnreachableVpcKind("169.254.1.1"), "a link-local address");
  EXPECT_EQ(UnreachableVpcKind("127.11.0.1"), "");
  EXPECT_EQ(UnreachableVpcKind("10.0.0.1"), "");
}

TEST(IsDockerBridgeDefaultTest, HoldsForOneAddress) {
  EXPECT_TRUE(IsDockerBridgeDefault("172.17.0.1"));
  EXPECT_TRUE(IsDockerBridgeDefault("::ffff:172.17.0.1"));
  EXPECT_FALSE(IsDockerBridgeDefault("172.17.0.2"));
  EXPECT_FALSE(IsDockerBridgeDefault(""));
}

TEST(JoinHostPortTest, BracketsV6LiteralsOnly) {
  EXPECT_EQ(JoinHostPort("10.0.0.1", 9090), "10.0.0.1:9090");
  EXPECT_EQ(JoinHostPort("2001:db8::1", 65535), "[2001:db8::1]:65535");
  EXPECT_EQ(JoinHostPort("[2001:db8::1]", 80), "[2001:db8::1]:80");
  EXPECT_EQ(JoinHostPort("svc.example.com", 80), "svc.example.com:80");
}

}  // namespace
}  // namespace ecsd::core
