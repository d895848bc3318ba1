#include "aws/credential_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/environment.h"
#include "aws/profile_choice.h"
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
using test::AssumeRoleAnswer;
using test::FailureOf;
using test::Must;
using test::Ok;
using testing::ElementsAre;

using Variables = std::map<std::string, std::string, std::less<>>;

class CredentialChainTest : public testing::Test {
 protected:
  [[nodiscard]] CredentialChain Chain(Variables variables, const std::string& file = "") {
    return {world.tools,
            world.settings,
            {.environment = Environment(std::move(variables)),
             .choice = {.config_path = file, .credentials_path = "", .name = "default"},
             .timeouts = world.timeouts,
             .pacing = world.pacing,
             .metadata = {.endpoint = "http://imds/"}}};
  }

  test::TemporaryDirectory directory;
  test::FakeWorld world;
};

TEST_F(CredentialChainTest, ReadsTheFilesAnewEachTime) {
  const std::string head = "[default]\naws_access_key_id = AKIA\naws_secret_access_key = ";
  const auto file = directory.Write("c", head + "old");
  auto chain = Chain({}, file);
  EXPECT_EQ(Must(chain.Fetch({})).secret_access_key, Secret("old"));
  static_cast<void>(directory.Write("c", head + "new"));
  EXPECT_EQ(Must(chain.Fetch({})).secret_access_key, Secret("new"));
}

TEST_F(CredentialChainTest, AssumesRolesOneAfterTheOther) {
  const auto file = directory.Write(
      "c",
      "[default]\nrole_arn = arn:last\nsource_profile = middle\n[profile middle]\nrole_arn = "
      "arn:first\nsource_profile = base\n[profile base]\naws_access_key_id = AKIABASE\n"
      "aws_secret_access_key = s\n");
  world.transport
      .Queue("sts AssumeRole", Ok(AssumeRoleAnswer("ASIA1", "s1", "t1", "2030-01-02T04:04:05Z")))
      .Queue("sts AssumeRole", Ok(AssumeRoleAnswer("ASIA2", "s2", "t2", "2030-01-02T04:04:05Z")));
  auto chain = Chain({}, file);
  const auto credentials = Must(chain.Fetch(world.InAMinute()));
  EXPECT_EQ(credentials.access_key_id, "ASIA2");
  EXPECT_EQ(credentials.source, "role arn:last by role arn:first by profile base");
  std::vector<std::string> signers;
  for (const auto& request : world.transport.requests())
    signers.push_back(request.signature->access_key_id + request.signature->session_token.Reveal());
  EXPECT_THAT(signers, ElementsAre("AKIABASE", "ASIA1t1"));
}

TEST_F(CredentialChainTest, AsksTheInstanceLast) {
  world.transport.Always("PUT http://imds/latest/api/token", Ok("t"))
      .Always("GET http://imds/latest/meta-data/iam/security-credentials/", Ok("app"))
      .Always("GET http://imds/latest/meta-data/iam/security-credentials/app",
              Ok(R"({"AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t",)"
                 R"("Expiration":"2030-01-02T04:04:05Z"})"));
  auto chain = Chain({});
  EXPECT_EQ(Must(chain.Fetch(world.InAMinute())).access_key_id, "ASIA");
}

TEST_F(CredentialChainTest, NamesEveryPlaceWhereThereAreNone) {
  world.transport.Always("PUT http://imds/latest/api/token",
                         support::Fail(ErrorKind::kTimeout, "imds: late"));
  auto chain = Chain({});
  const auto failed = FailureOf(chain.Fetch(world.InAMinute()));
  EXPECT_EQ(failed.kind, ErrorKind::kCredentials);
  EXPECT_EQ(failed.message,
            "no AWS credentials: none in the environment (AWS_ACCESS_KEY_ID, "
            "AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI), "
            "none in profile \"default\", none from the EC2 instance (imds: late; is this an EC2 "
            "instance? In a container its hop limit must be 2 or more; "
            "AWS_EC2_METADATA_DISABLED=true leaves it out)");
}

// The role of the node would be taken in the place of that of the pod.
TEST_F(CredentialChainTest, NeverFallsThroughFromASourceThatFails) {
  world.transport.Always("GET http://127.0.0.1:9/", Answer(500, ""));
  auto chain = Chain({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/"}});
  EXPECT_EQ(FailureOf(chain.Fetch(world.InAMinute())).message,
            "the container's endpoint of AWS_CONTAINER_CREDENTIALS_FULL_URI: HTTP status 500");
  auto pod = Chain({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/none"}, {"AWS_ROLE_ARN", "r"}});
  EXPECT_EQ(FailureOf(pod.Fetch(world.InAMinute())).kind, ErrorKind::kCredentials);
  EXPECT_EQ(world.transport.CountOf("PUT http://imds/latest/api/token"), 0U);
}

TEST_F(CredentialChainTest, StopsAtARoleThatIsRefused) {
  const auto file = directory.Write("c",
                                    "[default]\nrole_arn = arn:r\naws_access_key_id = AKIA\n"
                                    "aws_secret_access_key = s\n");
  world.transport.Queue("sts AssumeRole", test::StsError(403, "AccessDenied", "no"));
  auto chain = Chain({}, file);
  EXPECT_EQ(FailureOf(chain.Fetch(world.InAMinute())).kind, ErrorKind::kDenied);
}

}  // namespace
}  // namespace ecsd::aws
