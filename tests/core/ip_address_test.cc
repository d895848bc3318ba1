#include "core/ip_address.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(JoinHostPortTest, BracketsV6LiteralsOnly) {
  EXPECT_EQ(JoinHostPort("10.0.0.1", 9090), "10.0.0.1:9090");
  EXPECT_EQ(JoinHostPort("2001:db8::1", 65535), "[2001:db8::1]:65535");
  EXPECT_EQ(JoinHostPort("[2001:db8::1]", 80), "[2001:db8::1]:80");
  EXPECT_EQ(JoinHostPort("svc.example.com", 80), "svc.example.com:80");
}

}  // namespace
}  // namespace ecsd::core
