#include "aws/container_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/environment.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/secret.h"
#include "testing/errors.h"
#include "testing/fake_world.h"
#include "testing/replies.h"
#include "testing/temporary_directory.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Secret;
using test::Answer;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::Ok;
using testing::ElementsAre;

using Variables = std::map<std::string, std::string, std::less<>>;

constexpr auto kRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr auto kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

support::Result<std::optional<ContainerEndpoint>> Find(Variables variables) {
  return FindContainerEndpoint(Environment(std::move(variables)));
}

TEST(FindContainerEndpointTest, FindsNoneWhereNoVariableIsSet) {
  EXPECT_EQ(Must(Find({{kRelative, ""}})), std::nullopt);
}

TEST(FindContainerEndpointTest, TakesTheRelativeUriFirst) {
  EXPECT_EQ(Must(Find({{kRelative, "/v2/credentials/x"}, {kFull, "http://localhost/y"}})),
            (ContainerEndpoint{.url = "http://169.254.170.2/v2/credentials/x",
                               .where = kRelative,
                               .token_file = "",
                               .token = Secret()}));
}

TEST(FindContainerEndpointTest, TakesHostsThatDoNotLeaveTheMachine) {
  for (const std::string uri :
       {"http://127.0.0.1/", "http://127.9.8.7:8080/x", "http://[::1]:80/x", "http://localhost:1/",
        "http://LocalHost/", "http://169.254.170.2/v2", "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials", "https://anywhere.example.com/x"}) {
    EXPECT_EQ(Must(Find({{kFull, uri}}))->url, uri);
  }
}

TEST(FindContainerEndpointTest, RefusesAllOthers) {
  for (const std::string host :
       {"example.com", "169.254.169.254", "169.254.170.20", "10.0.0.1", "127.0.0.1.example.com",
        "localhost.example.com", "fd00:ec2::24", "0.0.0.0"}) {
    const auto uri =
        host.find("::") == std::string::npos ? "http://" + host + "/" : "http://[" + host + "]/";
    EXPECT_EQ(FailureOf(Find({{kFull, uri}})),
              (Failed{.kind = ErrorKind::kConfig,
                      .message = std::string(kFull) + ": \"" + host +
                                 "\" is not on this machine, so its token would be given away; "
                                 "use https, or a loopback address"}));
  }
}

// Such URLs have led other programs to one host while they checked another.
TEST(FindContainerEndpointTest, RefusesUrlsThatCanBeReadInTwoWays) {
  for (const auto* uri : {"http://127.0.0.1@example.com/", "http://127.0.0.1\\@example.com/",
                          "http:///x", "http://[::1", "http://127.0.0.1 .example.com/",
                          "http://127.0.0.1\r\nX: y/", "//127.0.0.1/", "127.0.0.1"}) {
    EXPECT_EQ(FailureOf(Find({{kFull, uri}})).kind, ErrorKind::kConfig) << uri;
  }
  EXPECT_EQ(
      FailureOf(Find({{kRelative, "@example.com/"}})),
      (Failed{.kind = ErrorKind::kConfig,
              .message = std::string(kRelative) + ": is no path; it must start with a slash"}));
}

class ContainerSourceTest : public testing::Test {
 protected:
  [[nodiscard]] support::Result<Credentials> Fetch(Variables variables) {
    variables.emplace(kFull, "http://127.0.0.1:9/secret-path");
    ContainerSource source(world.tools, *Must(Find(std::move(variables))));
    return source.Fetch(world.InAMinute());
  }

  static constexpr auto kCall = "GET http://127.0.0.1:9/secret-path";
  const std::string document =
      R"({"AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-02T03:04:05Z"})";
  test::TemporaryDirectory directory;
  test::FakeWorld world;
};

TEST_F(ContainerSourceTest, AsksDirectlyAndQuickly) {
  world.transport.Queue(kCall, Ok(document));
  const auto credentials = Must(Fetch({}));
  EXPECT_EQ(credentials.access_key_id, "ASIA");
  EXPECT_EQ(credentials.source, "the container's endpoint of AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const auto request = world.transport.requests().front();
  EXPECT_TRUE(request.direct);
  EXPECT_EQ(request.signature, std::nullopt);
  EXPECT_EQ(request.connect_timeout, std::chrono::seconds(1));
  EXPECT_EQ(request.total_timeout, std::chrono::seconds(2));
  EXPECT_THAT(request.headers, ElementsAre("Accept: application/json"));
}

TEST_F(ContainerSourceTest, ReadsTheTokenAnewEachTime) {
  world.transport.Always(kCall, Ok(document));
  const auto file = directory.Write("token", "first\n");
  const Variables variables{{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file},
                            {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the variable"}};
  EXPECT_TRUE(Fetch(variables));
  static_cast<void>(directory.Write("token", "second"));
  EXPECT_TRUE(Fetch(variables));
  EXPECT_TRUE(Fetch({{"AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the variable"}}));
  std::vector<std::string> sent;
  for (const auto& request : world.transport.requests()) sent.push_back(request.headers.back());
  EXPECT_THAT(sent, ElementsAre("Authorization: first", "Authorization: second",
                                "Authorization: of the variable"));
}

TEST_F(ContainerSourceTest, RefusesATokenThatCannotBeSent) {
  const auto file = directory.Write("token", "a\nX: b\n");
  EXPECT_EQ(FailureOf(Fetch({{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file}})),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: has a line break in the "
                               "token"}));
  EXPECT_EQ(FailureOf(Fetch({{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/none"}})).message,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: /none does not exist; is the token mounted?");
}

TEST_F(ContainerSourceTest, TriesAgainWhenTheAgentFails) {
  world.transport.Queue(kCall, Answer(503, ""))
      .Queue(kCall, support::Fail(ErrorKind::kTimeout, "late"))
      .Queue(kCall, Ok(document));
  EXPECT_TRUE(Fetch({}));
  EXPECT_EQ(world.transport.CountOf(kCall), 3U);
}

TEST_F(ContainerSourceTest, SaysWhatTheAgentRefusesWithoutPathAndToken) {
  world.transport.Queue(kCall,
                        Answer(404, R"({"code":"InvalidIdInRequest","message":"no tok-en"})"));
  EXPECT_EQ(FailureOf(Fetch({{"AWS_CONTAINER_AUTHORIZATION_TOKEN", "tok-en"}})),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "the container's endpoint of AWS_CONTAINER_CREDENTIALS_FULL_URI: "
                               "HTTP status 404: InvalidIdInRequest: no ***"}));
  world.transport.Queue(kCall, Ok("<html>"));
  EXPECT_EQ(FailureOf(Fetch({})).message,
            "the container's endpoint of AWS_CONTAINER_CREDENTIALS_FULL_URI: the document of "
            "credentials is no JSON object");
}

}  // namespace
}  // namespace ecsd::aws
