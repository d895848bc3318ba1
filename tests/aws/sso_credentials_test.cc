#include "aws/sso_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

#include "aws/environment.h"
#include "http/transport.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/fake_world.h"
#include "testing/replies.h"
#include "testing/temporary_directory.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using std::chrono::January;
using std::chrono::sys_days;
using support::ErrorKind;
using test::Answer;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::Ok;
using testing::ElementsAre;

const SsoLogin login{.profile = "dev",
                     .cache_key = "corp",
                     .region = "eu-central-1",
                     .account_id = "111122223333",
                     .role_name = "Read+Only"};

TEST(SsoCachePathTest, IsThatOfTheAwsCli) {
  const Environment environment(
      std::map<std::string, std::string, std::less<>>{{"HOME", "/home/me"}});
  // echo -n corp | sha1sum
  EXPECT_EQ(SsoCachePath(environment, login),
            "/home/me/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
}

class SsoSourceTest : public testing::Test {
 protected:
  void SetUp() override { world.clock.SetNow(sys_days(2026y / January / 2)); }

  [[nodiscard]] support::Result<Credentials> Fetch(const std::string& path) {
    SsoSource source(world.tools, world.settings, {.timeouts = world.timeouts, .attempts = 3},
                     login, path);
    return source.Fetch(world.InAMinute());
  }
  [[nodiscard]] std::string WriteLogin(std::string_view expires) const {
    return directory.Write(
        "login.json", R"({"accessToken":"bearer-1","expiresAt":")" + std::string(expires) + "\"}");
  }

  static constexpr auto kCall =
      "GET https://portal.sso.eu-central-1.amazonaws.com/federation/credentials?"
      "role_name=Read%2BOnly&account_id=111122223333";
  test::TemporaryDirectory directory;
  test::FakeWorld world;
};

TEST_F(SsoSourceTest, AsksThePortalOfItsRegionWithTheLogin) {
  world.transport.Queue(kCall, Ok(R"({"roleCredentials":{"accessKeyId":"ASIA",)"
                                  R"("secretAccessKey":"s","sessionToken":"t",)"
                                  R"("expiration":1767323045000}})"));
  const auto credentials = Must(Fetch(WriteLogin("2026-01-02T08:00:00Z")));
  EXPECT_EQ(credentials.access_key_id, "ASIA");
  EXPECT_EQ(credentials.source, "SSO of profile dev");
  const auto request = world.transport.requests().front();
  EXPECT_THAT(request.headers, ElementsAre("x-amz-sso_bearer_token: bearer-1"));
  EXPECT_FALSE(request.direct);
}

TEST_F(SsoSourceTest, AsksAnEndpointOfOnesOwn) {
  world.settings.endpoints["SSO"] = "http://127.0.0.1:1/";
  world.transport.Queue(
      "GET http://127.0.0.1:1/federation/credentials?role_name=Read%2BOnly"
      "&account_id=111122223333",
      Answer(401, ""));
  EXPECT_EQ(FailureOf(Fetch(WriteLogin("2026-01-02T08:00:00Z"))),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "SSO of profile dev: the portal does not take the login; run: aws "
                               "sso login --profile dev"}));
}

TEST_F(SsoSourceTest, SaysToLogInWhenThereIsNoGoodLogin) {
  EXPECT_EQ(FailureOf(Fetch("/none.json")),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "SSO of profile dev: nobody has logged in (/none.json is missing); "
                               "run: aws sso login --profile dev"}));
  EXPECT_EQ(FailureOf(Fetch(WriteLogin("2026-01-01T08:00:00Z"))).message,
            "SSO of profile dev: the login has expired; run: aws sso login --profile dev");
  const auto broken = directory.Write("broken.json", "{");
  EXPECT_EQ(FailureOf(Fetch(broken)).message,
            "SSO of profile dev: " + broken +
                ": the document of credentials is no JSON object; run: aws sso login --profile "
                "dev");
}

TEST_F(SsoSourceTest, SaysWhatThePortalRefuses) {
  world.transport.Queue(kCall, Answer(403, R"({"message":"No access"})"));
  EXPECT_EQ(FailureOf(Fetch(WriteLogin("2026-01-02T08:00:00Z"))),
            (Failed{.kind = ErrorKind::kDenied,
                    .message = "SSO of profile dev: role Read+Only of account 111122223333: HTTP "
                               "status 403: No access; check sso_account_id and sso_role_name"}));
}

}  // namespace
}  // namespace ecsd::aws
