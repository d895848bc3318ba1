#include "server/host_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "testing/errors.h"

namespace ecsd::server {
namespace {

using testing::HasSubstr;

TEST(ParseHostPortTest, MakesHostsThatAreTheSameEqual) {
  const HostPort name{.host = "ecs.example.org", .port = std::nullopt};

  EXPECT_EQ(ParseHostPort("ecs.example.org"), name);
  EXPECT_EQ(ParseHostPort("ECS.Example.ORG.:"), name);
  EXPECT_EQ(ParseHostPort("ecs.example.org.:80"), (HostPort{.host = name.host, .port = 80}));
  EXPECT_EQ(ParseHostPort("10.0.0.5:8080"), (HostPort{.host = "10.0.0.5", .port = 8080}));
  EXPECT_EQ(ParseHostPort("[0:0::1]:8080"), (HostPort{.host = "::1", .port = 8080}));
  EXPECT_EQ(ParseHostPort("[FE80::A]"), (HostPort{.host = "fe80::a", .port = std::nullopt}));
}

TEST(ParseHostPortTest, TakesNothingElse) {
  for (const std::string text :
       {"",    ".",   ":80", "a:b",  "a:65536", "a:-1", "a:1:2",    "a b", "me@a", "a/b",
        "*.a", "::1", "[]",  "[::1", "[::1]8",  "[a]",  "[::1%lo]", "a,b", "a\tb", "\xc3\xa4"}) {
    EXPECT_EQ(ParseHostPort(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseHostPort(std::string(300, 'a')), std::nullopt);
}

TEST(IsOriginOfTest, ComparesHostAndPort) {
  EXPECT_TRUE(IsOriginOf("http://ecs:8080", "ecs:8080"));
  EXPECT_TRUE(IsOriginOf("HTTP://ECS", "ecs.:80"));
  EXPECT_TRUE(IsOriginOf("http://ecs:80", "ecs"));
  EXPECT_TRUE(IsOriginOf("https://ecs", "ecs:443"));
  EXPECT_TRUE(IsOriginOf("https://[::1]:8443", "[::1]:8443"));

  EXPECT_FALSE(IsOriginOf("http://ecs:8080", "ecs"));
  EXPECT_FALSE(IsOriginOf("http://ecs", "ecs:8080"));
  EXPECT_FALSE(IsOriginOf("http://evil", "ecs"));
  EXPECT_FALSE(IsOriginOf("http://ecs.evil", "ecs"));
  EXPECT_FALSE(IsOriginOf("http://ecs/path", "ecs"));
  EXPECT_FALSE(IsOriginOf("ftp://ecs", "ecs"));
  EXPECT_FALSE(IsOriginOf("null", "null"));
  EXPECT_FALSE(IsOriginOf("ecs", "ecs"));
  EXPECT_FALSE(IsOriginOf("http://", ""));
}

TEST(AllowedHostsTest, AdmitsEveryHostWhereNoneIsListed) {
  const auto hosts = AllowedHosts::Parse("");

  ASSERT_TRUE(hosts.has_value());
  EXPECT_TRUE(hosts->Admits("anything"));
  EXPECT_TRUE(hosts->Admits(""));
}

TEST(AllowedHostsTest, AdmitsOnlyThoseListed) {
  const auto hosts = AllowedHosts::Parse("Ecs.example.org, 10.0.0.5:8080,[::1],web:443");
  ASSERT_TRUE(hosts.has_value());

  for (const std::string host : {"ecs.example.org", "ECS.EXAMPLE.ORG.:9", "10.0.0.5:8080", "[::1]",
                                 "[0::1]:8080", "web", "web:443"}) {
    EXPECT_TRUE(hosts->Admits(host)) << host;
  }
  for (const std::string host :
       {"", "evil.example", "ecs.example.org.evil.example", "x.ecs.example.org", "10.0.0.5",
        "10.0.0.5:80", "web:80", "::1", "me@ecs.example.org", "ecs.example.org..", "localhost"}) {
    EXPECT_FALSE(hosts->Admits(host)) << host;
  }
}

TEST(AllowedHostsTest, RefusesWhatIsNoHost) {
  for (const std::string text : {"*.example.org", "a,,b", "a,", "http://a", "::1", " "}) {
    const auto hosts = AllowedHosts::Parse(text);
    ASSERT_FALSE(hosts.has_value()) << text;
    EXPECT_EQ(hosts.error().kind, support::ErrorKind::kConfig);
    EXPECT_THAT(hosts.error().message, HasSubstr("there are no wildcards"));
  }
}

}  // namespace
}  // namespace ecsd::server
