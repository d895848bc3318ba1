#include "server/listen_address.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
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

  EXPECT_EQ(failure.kind, support::ErrorKind::kResource);
  EXPECT_EQ(failure.message, "cannot listen at 127.0.0.1:" + std::to_string(port) +
                                 ": Address already in use; stop what listens there, or change "
                                 "--web.listen-address");
  close(first);
}

TEST(OpenListenerTest, TellsWhatARestartMayCureFromWhatItCannot) {
  const auto foreign = FailureOf(OpenListener({.host = "192.0.2.1", .port = 0}));
  EXPECT_EQ(foreign.kind, support::ErrorKind::kResource) << foreign.message;

  const auto nowhere = FailureOf(OpenListener({.host = "1.2.3.4.5", .port = 0}));
  EXPECT_EQ(nowhere.message.find("cannot listen at 1.2.3.4.5:0: "), 0U) << nowhere.message;
}

TEST(OpenListenerTest, NamesTheLimitWhenThereAreNoDescriptors) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan, which comes with it here, needs descriptors to look at objects";
#endif
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto failure = FailureOf(OpenListener({.host = "127.0.0.1", .port = 0}));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);

  EXPECT_EQ(failure.kind, support::ErrorKind::kResource) << failure.message;
}

TEST(OpenListenerTest, ListensAtEveryAddressWhereNoneIsGiven) {
  const int listener = Must(OpenListener({}));

  EXPECT_NE(PortOf(listener), 0);
  close(listener);
}

}  // namespace
}  // namespace ecsd::server
