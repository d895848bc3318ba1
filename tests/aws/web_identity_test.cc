#include "aws/web_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "aws/client.h"
#include "aws/sts_codec.h"
#include "support/result.h"
#include "testing/errors.h"
#include "testing/fake_world.h"
#include "testing/replies.h"
#include "testing/temporary_directory.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::Ok;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kCall = "(not signed) AssumeRoleWithWebIdentity";

class WebIdentityTest : public testing::Test {
 protected:
  [[nodiscard]] WebIdentitySource Source(const std::string& file) {
    return {client,
            {.token_file = file,
             .role = {.arn = "arn:pod", .session_name = "me", .external_id = "", .duration = {}},
             .where = "AWS_WEB_IDENTITY_TOKEN_FILE"}};
  }

  test::TemporaryDirectory directory;
  test::FakeWorld world;
  Client client{world.transport, world.settings, world.timeouts,
                world.pacing,    world.clock,    world.log};
  const std::string answer =
      "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
      "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
      "<SessionToken>t</SessionToken><Expiration>2026-01-02T04:04:05Z</Expiration>"
      "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
};

TEST_F(WebIdentityTest, SendsTheTokenUnsignedAndReadsItAnewEachTime) {
  const auto file = directory.Write("token", "first.token\n");
  auto source = Source(file);
  world.transport.Always(kCall, Ok(answer));
  const auto credentials = Must(source.Fetch(world.InAMinute()));
  EXPECT_EQ(credentials.access_key_id, "ASIA");
  EXPECT_EQ(credentials.source, "role arn:pod by web identity of AWS_WEB_IDENTITY_TOKEN_FILE");
  static_cast<void>(directory.Write("token", "second.token"));
  EXPECT_TRUE(source.Fetch(world.InAMinute()));
  EXPECT_THAT(world.transport.BodiesOf(kCall),
              ElementsAre(HasSubstr("&WebIdentityToken=first.token"),
                          HasSubstr("&WebIdentityToken=second.token")));
  EXPECT_EQ(world.transport.requests().front().url, "https://sts.eu-west-1.amazonaws.com/");
}

TEST_F(WebIdentityTest, SaysWhatIsWrongWithTheFile) {
  const auto fail = [&](const std::string& file) {
    auto source = Source(file);
    return FailureOf(source.Fetch(world.InAMinute()));
  };
  EXPECT_EQ(fail("/none"), (Failed{.kind = ErrorKind::kCredentials,
                                   .message = "AWS_WEB_IDENTITY_TOKEN_FILE: /none does not exist; "
                                              "is the token mounted?"}));
  const auto empty = directory.Write("empty", "\n");
  EXPECT_EQ(fail(empty).message, "AWS_WEB_IDENTITY_TOKEN_FILE: " + empty +
                                     " is empty; it should hold the token of the identity "
                                     "provider");
  const auto wide = directory.Write("wide", std::string("\xFF\xFEt\0o\0k\0", 8));
  EXPECT_EQ(fail(wide).message,
            "AWS_WEB_IDENTITY_TOKEN_FILE: " + wide + ": is UTF-16; save it as UTF-8");
}

TEST_F(WebIdentityTest, SaysWhatStsRefusesWithoutTheToken) {
  auto source = Source(directory.Write("token", "ey.secret"));
  world.transport.Queue(kCall,
                        test::StsError(400, "InvalidIdentityToken", "cannot verify ey.secret"));
  EXPECT_EQ(FailureOf(source.Fetch(world.InAMinute())),
            (Failed{.kind = ErrorKind::kRejected,
                    .message = "assume role arn:pod with the token of AWS_WEB_IDENTITY_TOKEN_FILE: "
                               "STS AssumeRoleWithWebIdentity: InvalidIdentityToken: cannot "
                               "verify ***"}));
}

}  // namespace
}  // namespace ecsd::aws
