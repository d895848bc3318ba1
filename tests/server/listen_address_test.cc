#include "server/listen_address.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "testing/errors.h"

namespace ecsd::server {
namespace {

using test::FailureOf;
using test::Must;

TEST(ParseListenAddressTest, ReadsTheFormsOfGo) {
  EXPECT_EQ(Must(ParseListenAddress(":8080")), (ListenAddress{.host = "", .port = 8080}));
  EXPECT_EQ(Must(ParseListenAddress("127.0.0.1:0")), (ListenAddress{.host = "127.0.0.1"}));
  EXPECT_EQ(Must(ParseListenAddress("[::1]:80")), (ListenAddress{.host = "::1", .port = 80}));
  EXPECT_EQ(Must(ParseListenAddress("localhost:1")),
            (ListenAddress{.host = "localhost", .port = 1}));
  EXPECT_EQ(ToString({.host = "::1", .port = 80}), "[::1]:80");
  EXPECT_EQ(ToString({.host = "", .port = 80}), ":80");
}

TEST(ParseListenAddressTest, RefusesEverythingElse) {
  for (const std::string text : {"", "8080", "host", "::1:80", "[::1]", "[::1", ":65536", ":-1",
                                 ":http", "[host]:80", "a b:80", "http://x:80", ":"}) {
    const auto failure = FailureOf(ParseListenAddress(text));
    EXPECT_EQ(failure.kind, support::ErrorKind::kConfig) << text;
    EXPECT_NE(failure.message.find("write it like :8080"), std::string::npos) << text;
  }
}

TEST(OpenListenerTest, SaysThatAnAddressIsInUse) {
  const int first = Must(OpenListener({.host = "127.0.0.1", .port = 0}));
  const auto port = PortOf(first);

  const auto failure = FailureOf(OpenListener({.host = "127.0.0.1", .port = port}));

  EXPECT_EQ(failure.message, "cannot listen at 127.0.0.1:" + std::to_string(port) +
                                 ": Address already in use; change --web.listen-address, or end "
                                 "what listens there");
  close(first);
}

TEST(OpenListenerTest, ListensAtEveryAddressWhereNoneIsGiven) {
  const int listener = Must(OpenListener({}));

  EXPECT_NE(PortOf(listener), 0);
  close(listener);
}

}  // namespace
}  // namespace ecsd::server
