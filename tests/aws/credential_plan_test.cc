#include "aws/credential_plan.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/container_credentials.h"
#include "aws/credential_process.h"
#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "aws/sso_credentials.h"
#include "aws/sts_codec.h"
#include "aws/web_identity.h"
#include "support/result.h"
#include "support/secret.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Secret;
using test::Failed;
using test::FailureOf;
using test::Must;

using Variables = std::map<std::string, std::string, std::less<>>;

support::Result<CredentialPlan> Plan(Variables variables, std::string_view config = "",
                                     bool by_flag = false) {
  SharedFiles files;
  EXPECT_TRUE(AddSharedFile(SharedFileKind::kConfig, "/c", config, files));
  const ProfileChoice choice{.config_path = "/c",
                             .credentials_path = "/k",
                             .name = "default",
                             .chosen = by_flag,
                             .by_flag = by_flag};
  return PlanCredentials(Environment(std::move(variables)), choice, files);
}

Failed Wrong(std::string message) {
  return {.kind = ErrorKind::kConfig, .message = std::move(message)};
}

Credentials KeysOf(std::string id, std::string source) {
  return {.access_key_id = std::move(id),
          .secret_access_key = Secret("s"),
          .session_token = Secret(),
          .expires = std::nullopt,
          .source = std::move(source)};
}

RoleRequest Role(std::string arn) {
  return {.arn = std::move(arn),
          .session_name = "prometheus-ecs-discovery",
          .external_id = "",
          .duration = std::nullopt};
}

CredentialPlan Only(CredentialBase base) {
  return {.base = std::move(base), .roles = {}};
}

const Variables keys_in_environment{{"AWS_ACCESS_KEY_ID", "AKIAENV"},
                                    {"AWS_SECRET_ACCESS_KEY", "s"}};
const Variables web_identity_in_environment{{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"},
                                            {"AWS_ROLE_ARN", "arn:pod"}};
const Variables container_in_environment{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}};
constexpr std::string_view kKeysInProfile =
    "[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n";

const ContainerEndpoint container{.url = "http://169.254.170.2/v2/x",
                                  .where = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                  .token_file = "",
                                  .token = Secret()};

Variables All(std::initializer_list<Variables> parts) {
  Variables all;
  for (const auto& part : parts) all.insert(part.begin(), part.end());
  return all;
}

// Each source and its neighbour in the order.
TEST(PlanCredentialsTest, TakesTheFirstSourceThatIsThere) {
  EXPECT_EQ(Must(Plan(All({keys_in_environment, web_identity_in_environment}))),
            Only(KeysOf("AKIAENV", "environment variables")));
  EXPECT_EQ(Must(Plan(web_identity_in_environment, kKeysInProfile)),
            Only(WebIdentity{.token_file = "/token",
                             .role = Role("arn:pod"),
                             .where = "AWS_WEB_IDENTITY_TOKEN_FILE"}));
  EXPECT_EQ(Must(Plan(container_in_environment, kKeysInProfile)),
            Only(KeysOf("AKIAPROFILE", "profile default")));
  EXPECT_EQ(Must(Plan(container_in_environment, "[default]\nregion = r\n")), Only(container));
  EXPECT_EQ(Must(Plan({})), Only(InstanceRole{.wanted = false}));
}

TEST(PlanCredentialsTest, TakesAProfileOfTheFlagBeforeTheEnvironment) {
  EXPECT_EQ(
      Must(Plan(All({keys_in_environment, web_identity_in_environment}), kKeysInProfile, true)),
      Only(KeysOf("AKIAPROFILE", "profile default")));
}

TEST(PlanCredentialsTest, DoesNotPassOverWhatIsBroken) {
  EXPECT_EQ(
      FailureOf(Plan({{"AWS_ACCESS_KEY_ID", "AKIA"}}, kKeysInProfile)),
      Wrong("AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not; set both or neither"));
  EXPECT_EQ(FailureOf(Plan({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}}, kKeysInProfile)),
            Wrong("AWS_WEB_IDENTITY_TOKEN_FILE is set but AWS_ROLE_ARN is not; set both or "
                  "neither"));
  EXPECT_EQ(FailureOf(Plan(container_in_environment, "[default]\naws_access_key_id = AKIA\n")),
            Wrong("/c: AWS profile \"default\" has no aws_secret_access_key"));
  EXPECT_EQ(FailureOf(Plan({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/"}})),
            Wrong("AWS_CONTAINER_CREDENTIALS_FULL_URI: \"example.com\" is not on this machine, so "
                  "its token would be given away; use https, or a loopback address"));
}

TEST(PlanCredentialsTest, NamesTheSessionOfAWebIdentity) {
  auto variables = web_identity_in_environment;
  variables["AWS_ROLE_SESSION_NAME"] = "pod-1";
  auto role = Role("arn:pod");
  role.session_name = "pod-1";
  EXPECT_EQ(Must(Plan(variables)),
            Only(WebIdentity{
                .token_file = "/token", .role = role, .where = "AWS_WEB_IDENTITY_TOKEN_FILE"}));
}

// What a profile that says everything at once comes to when its first ways are taken out, one by
// one.
TEST(PlanProfileTest, TakesTheFirstWayThatIsThere) {
  const std::string process = "credential_process = /bin/tool 'a b'\n";
  const std::string sso =
      "sso_start_url = u\nsso_region = r\nsso_account_id = 1\nsso_role_name = n\n";
  const std::string web = "web_identity_token_file = ~/token\nrole_arn = arn:w\n";
  const std::string keys = "aws_access_key_id = AKIA\naws_secret_access_key = s\n";
  const auto plan = [](const std::string& text) {
    return Must(Plan({{"HOME", "/home/me"}}, "[default]\n" + text));
  };
  EXPECT_EQ(plan(process + sso + web + keys), Only(KeysOf("AKIA", "profile default")));
  EXPECT_EQ(plan(process + sso + web), Only(WebIdentity{.token_file = "/home/me/token",
                                                        .role = Role("arn:w"),
                                                        .where = "profile default"}));
  EXPECT_EQ(plan(process + sso), Only(SsoLogin{.profile = "default",
                                               .cache_key = "u",
                                               .region = "r",
                                               .account_id = "1",
                                               .role_name = "n"}));
  EXPECT_EQ(plan(process),
            Only(CredentialProcess{.words = {"/bin/tool", "a b"}, .profile = "default"}));
}

TEST(PlanProfileTest, ReadsAnSsoSession) {
  EXPECT_EQ(Must(Plan({},
                      "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = n\n"
                      "[sso-session corp]\nsso_start_url = u\nsso_region = eu-west-1\n")),
            Only(SsoLogin{.profile = "default",
                          .cache_key = "corp",
                          .region = "eu-west-1",
                          .account_id = "1",
                          .role_name = "n"}));
}

TEST(PlanProfileTest, RefusesAnSsoLoginThatIsNotWhole) {
  const auto fail = [](const std::string& text) {
    return FailureOf(Plan({}, "[default]\n" + text)).message;
  };
  EXPECT_EQ(fail("sso_session = corp\nsso_account_id = 1\nsso_role_name = n\n"),
            "AWS profile \"default\": there is no section [sso-session corp]");
  EXPECT_EQ(fail("sso_account_id = 1\nsso_role_name = n\nsso_region = r\n"),
            "AWS profile \"default\": SSO needs sso_start_url");
  EXPECT_EQ(fail("sso_account_id = 1\nsso_start_url = u\nsso_region = r\n"),
            "AWS profile \"default\": SSO needs sso_role_name");
  EXPECT_EQ(fail("sso_account_id = 1\nsso_role_name = n\nsso_start_url = u\nsso_region = a/b\n"),
            "AWS profile \"default\": sso_region: \"a/b\" is no AWS region; it should look like "
            "eu-west-1");
}

TEST(PlanProfileTest, RefusesWhatNeedsAPerson) {
  EXPECT_EQ(FailureOf(Plan({}, "[default]\nlogin_session = arn\n")),
            Wrong("AWS profile \"default\": login_session needs the tool that logged in; use SSO "
                  "or a credential_process instead"));
  EXPECT_EQ(FailureOf(Plan({}, "[default]\nrole_arn = r\nsource_profile = b\nmfa_serial = m\n")),
            Wrong("AWS profile \"default\": mfa_serial asks for a code from a device, which nobody "
                  "is there to type; use a role without it"));
}

TEST(PlanProfileTest, FollowsAChainOfSourceProfiles) {
  const auto plan = Must(Plan({},
                              "[default]\nrole_arn = arn:last\nsource_profile = middle\n"
                              "external_id = e\nrole_session_name = me\n"
                              "duration_seconds = 900\n"
                              "[profile middle]\nrole_arn = arn:first\nsource_profile = base\n"
                              "[profile base]\naws_access_key_id = AKIA\n"
                              "aws_secret_access_key = s\n"));
  EXPECT_EQ(plan, (CredentialPlan{.base = KeysOf("AKIA", "profile base"),
                                  .roles = {Role("arn:first"),
                                            {.arn = "arn:last",
                                             .session_name = "me",
                                             .external_id = "e",
                                             .duration = std::chrono::seconds(900)}}}));
}

TEST(PlanProfileTest, AssumesARoleWithWhateverTheSourceProfileSays) {
  const std::string role = "[default]\nrole_arn = arn:r\nsource_profile = b\n[profile b]\n";
  EXPECT_EQ(Must(Plan({}, role + "credential_process = tool\n")),
            (CredentialPlan{.base = CredentialProcess{.words = {"tool"}, .profile = "b"},
                            .roles = {Role("arn:r")}}));
  // A source with keys is used by its keys, even if it names a role.
  EXPECT_EQ(Must(Plan({}, role + "aws_access_key_id = AKIA\naws_secret_access_key = s\n"
                                 "role_arn = arn:other\nsource_profile = default\n")),
            (CredentialPlan{.base = KeysOf("AKIA", "profile b"), .roles = {Role("arn:r")}}));
}

TEST(PlanProfileTest, AssumesARoleWithItsOwnKeys) {
  const CredentialPlan plan{.base = KeysOf("AKIAPROFILE", "profile default"),
                            .roles = {Role("arn:r")}};
  const std::string keys(kKeysInProfile);
  EXPECT_EQ(Must(Plan({}, keys + "role_arn = arn:r\nsource_profile = default\n")), plan);
  EXPECT_EQ(Must(Plan({}, keys + "role_arn = arn:r\n")), plan);
}

TEST(PlanProfileTest, AssumesARoleWithTheCredentialsOfAPlace) {
  const std::string role = "[default]\nrole_arn = arn:r\ncredential_source = ";
  EXPECT_EQ(Must(Plan({}, role + "Ec2InstanceMetadata\n")),
            (CredentialPlan{.base = InstanceRole{.wanted = true}, .roles = {Role("arn:r")}}));
  EXPECT_EQ(Must(Plan(container_in_environment, role + "ecsCONTAINER\n")),
            (CredentialPlan{.base = container, .roles = {Role("arn:r")}}));
  EXPECT_EQ(Must(Plan(keys_in_environment, role + "Environment\n", true)),
            (CredentialPlan{.base = KeysOf("AKIAENV", "environment variables"),
                            .roles = {Role("arn:r")}}));
}

TEST(PlanProfileTest, RefusesARoleThatCannotBeAssumed) {
  const auto fail = [](const std::string& text) {
    return FailureOf(Plan({}, "[default]\nrole_arn = r\n" + text)).message;
  };
  const std::string p = "AWS profile \"default\": ";
  EXPECT_EQ(fail(""), p + "has role_arn, but neither source_profile nor credential_source to "
                          "assume it with");
  EXPECT_EQ(fail("source_profile = b\ncredential_source = Environment\n"),
            p + "has both source_profile and credential_source; keep one of them");
  EXPECT_EQ(fail("source_profile = b\n"), p + "there is no source_profile b");
  EXPECT_EQ(fail("source_profile = b\n[profile b]\nregion = r\n"),
            p + "source_profile b has no credentials");
  EXPECT_EQ(fail("source_profile = default\n"), p + "source_profile default leads back to itself");
  EXPECT_EQ(fail("source_profile = b\n[profile b]\nrole_arn = r\nsource_profile = default\n"),
            "AWS profile \"b\": source_profile default leads back to itself");
  EXPECT_EQ(fail("credential_source = Elsewhere\n"),
            p + "credential_source must be Environment, Ec2InstanceMetadata or EcsContainer");
  EXPECT_EQ(fail("credential_source = Environment\n"),
            p + "credential_source is Environment, but AWS_ACCESS_KEY_ID is not set");
  EXPECT_EQ(fail("credential_source = EcsContainer\n"),
            p + "credential_source is EcsContainer, but AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is "
                "not set");
}

TEST(PlanProfileTest, RefusesALengthThatStsDoesNotTake) {
  for (const auto* length : {"899", "43201", "1h", "-1"}) {
    EXPECT_EQ(FailureOf(Plan(
                  {}, std::string(kKeysInProfile) + "role_arn = r\nduration_seconds = " + length)),
              Wrong("AWS profile \"default\": duration_seconds must be a whole number from 900 to "
                    "43200"));
  }
}

TEST(PlanProfileTest, RefusesMoreThanAnHourOfAChainedRole) {
  EXPECT_EQ(FailureOf(Plan({},
                           "[default]\nrole_arn = r\nduration_seconds = 3601\n"
                           "credential_source = Ec2InstanceMetadata\n")),
            Wrong("AWS profile \"default\": duration_seconds: a role that is assumed by a role "
                  "lasts 3600 seconds at most"));
  EXPECT_EQ(Must(Plan({}, std::string(kKeysInProfile) + "role_arn = r\nduration_seconds = 7200\n"))
                .roles.front()
                .duration,
            std::chrono::hours(2));
}

TEST(PlanProfileTest, RefusesACredentialProcessThatIsNone) {
  EXPECT_EQ(FailureOf(Plan({}, "[default]\ncredential_process = 'tool\n")),
            Wrong("AWS profile \"default\": credential_process: a quote is not closed"));
}

}  // namespace
}  // namespace ecsd::aws
