#include "aws/static_credentials.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/profile_file.h"
#include "aws/settings.h"
#include "support/result.h"
#include "support/secret.h"
#include "testing/errors.h"
#include "testing/temporary_directory.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Secret;
using test::Failed;
using test::FailureOf;
using test::Must;
using test::TemporaryDirectory;

using Variables = std::map<std::string, std::string, std::less<>>;

const ProfileChoice profile_p{.config_path = "/c", .credentials_path = "/k", .name = "p"};

support::Result<std::optional<Credentials>> FromEnvironment(Variables variables) {
  return EnvironmentCredentials(Environment(std::move(variables)));
}

support::Result<std::optional<Credentials>> FromProfile(Section section) {
  return ProfileCredentials(profile_p, {.profiles = {{"p", std::move(section)}}, .services = {}});
}

Failed Wrong(std::string message) {
  return {.kind = ErrorKind::kConfig, .message = std::move(message)};
}

Credentials KeysOf(std::string_view source, std::string_view token = "") {
  return {.access_key_id = "AKIA",
          .secret_access_key = Secret("s"),
          .session_token = Secret(std::string(token)),
          .expires = std::nullopt,
          .source = std::string(source)};
}

TEST(EnvironmentCredentialsTest, ReadsKeysAndToken) {
  EXPECT_EQ(Must(FromEnvironment({{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "s"}})),
            KeysOf("environment variables"));
  EXPECT_EQ(Must(FromEnvironment({{"AWS_ACCESS_KEY_ID", "AKIA"},
                                  {"AWS_SECRET_ACCESS_KEY", "s"},
                                  {"AWS_SESSION_TOKEN", "t"}})),
            KeysOf("environment variables", "t"));
}

TEST(EnvironmentCredentialsTest, FindsNoneWhereBothKeysAreAbsentOrEmpty) {
  EXPECT_EQ(Must(FromEnvironment({})), std::nullopt);
  EXPECT_EQ(Must(FromEnvironment({{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}})),
            std::nullopt);
  EXPECT_EQ(Must(FromEnvironment({{"AWS_SESSION_TOKEN", "t"}})), std::nullopt);
}

TEST(EnvironmentCredentialsTest, RefusesAKeyWithoutItsOtherHalf) {
  EXPECT_EQ(
      FailureOf(FromEnvironment({{"AWS_ACCESS_KEY_ID", "AKIA"}})),
      Wrong("AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not; set both or neither"));
  EXPECT_EQ(
      FailureOf(FromEnvironment({{"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_ACCESS_KEY_ID", ""}})),
      Wrong("AWS_SECRET_ACCESS_KEY is set but AWS_ACCESS_KEY_ID is not; set both or neither"));
}

TEST(ProfileCredentialsTest, ReadsKeysAndToken) {
  EXPECT_EQ(Must(FromProfile({{"aws_access_key_id", "AKIA"}, {"aws_secret_access_key", "s"}})),
            KeysOf("profile p"));
  EXPECT_EQ(Must(FromProfile({{"aws_access_key_id", "AKIA"},
                              {"aws_secret_access_key", "s"},
                              {"aws_session_token", "t"}})),
            KeysOf("profile p", "t"));
}

TEST(ProfileCredentialsTest, FindsNoneWhereTheProfileHasNoKeysOrIsNotThere) {
  EXPECT_EQ(Must(FromProfile({{"region", "r"}})), std::nullopt);
  EXPECT_EQ(Must(ProfileCredentials(profile_p, {})), std::nullopt);
}

TEST(ProfileCredentialsTest, RefusesAKeyWithoutItsOtherHalf) {
  EXPECT_EQ(FailureOf(FromProfile({{"aws_access_key_id", "AKIA"}})),
            Wrong("AWS profile \"p\" has no aws_secret_access_key"));
  EXPECT_EQ(FailureOf(FromProfile({{"aws_secret_access_key", "s"}})),
            Wrong("AWS profile \"p\" has no aws_access_key_id"));
}

TEST(ProfileCredentialsTest, RefusesWaysItDoesNotKnowYet) {
  for (const auto* way : {"role_arn", "credential_process", "sso_session", "sso_start_url",
                          "login_session", "web_identity_token_file"}) {
    EXPECT_EQ(FailureOf(FromProfile({{way, "x"}})),
              Wrong("AWS profile \"p\" gets its credentials by " + std::string(way) +
                    ", which is not supported yet; use keys, environment variables or "
                    "-config.role-arn"));
    EXPECT_EQ(Must(FromProfile({{way, ""}})), std::nullopt) << way;
  }
}

TEST(ProfileCredentialsTest, RefusesARoleEvenBesideKeys) {
  EXPECT_EQ(FailureOf(FromProfile({{"aws_access_key_id", "AKIA"},
                                   {"aws_secret_access_key", "s"},
                                   {"role_arn", "arn"},
                                   {"source_profile", "p"}}))
                .message,
            "AWS profile \"p\" gets its credentials by role_arn, which is not supported yet; use "
            "keys, environment variables or -config.role-arn");
}

// Such a profile used to be refused, though the Go program takes its keys.
TEST(ProfileCredentialsTest, PrefersKeysToAllOtherWays) {
  for (const auto* way : {"credential_process", "sso_session", "sso_start_url", "login_session",
                          "web_identity_token_file"}) {
    EXPECT_EQ(Must(FromProfile(
                  {{"aws_access_key_id", "AKIA"}, {"aws_secret_access_key", "s"}, {way, "x"}})),
              KeysOf("profile p"))
        << way;
  }
}

TEST(StaticCredentialSourceTest, TakesTheEnvironmentFirst) {
  const TemporaryDirectory directory;
  StaticCredentialSource source(
      Environment(Variables{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "s"}}),
      {.config_path = "", .credentials_path = directory.Write("k", "broken"), .name = "default"});
  EXPECT_EQ(Must(source.Fetch({})), KeysOf("environment variables"));
}

TEST(StaticCredentialSourceTest, ReadsTheFilesAnewEachTime) {
  const TemporaryDirectory directory;
  const auto file =
      directory.Write("k", "[default]\naws_access_key_id = AKIA\naws_secret_access_key = old\n");
  StaticCredentialSource source(Environment(),
                                {.config_path = "", .credentials_path = file, .name = "default"});
  EXPECT_EQ(Must(source.Fetch({})).secret_access_key, Secret("old"));
  static_cast<void>(
      directory.Write("k", "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n"));
  EXPECT_EQ(Must(source.Fetch({})), KeysOf("profile default"));
}

TEST(StaticCredentialSourceTest, DoesNotPassOverWhatIsBroken) {
  const TemporaryDirectory directory;
  const auto file = directory.Write("k", "[default]\naws_access_key_id = AKIA\n");
  StaticCredentialSource half(Environment(Variables{{"AWS_ACCESS_KEY_ID", "AKIA"}}),
                              {.config_path = "", .credentials_path = file, .name = "default"});
  EXPECT_EQ(
      FailureOf(half.Fetch({})),
      Wrong("AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not; set both or neither"));
  StaticCredentialSource from_file(
      Environment(), {.config_path = "", .credentials_path = file, .name = "default"});
  EXPECT_EQ(FailureOf(from_file.Fetch({})),
            Wrong("AWS profile \"default\" has no aws_secret_access_key"));
}

TEST(StaticCredentialSourceTest, SaysHowToGiveCredentialsWhereThereAreNone) {
  StaticCredentialSource source(
      Environment(), {.config_path = "/none/c", .credentials_path = "/none/k", .name = "default"});
  EXPECT_EQ(FailureOf(source.Fetch({})),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "no AWS credentials: set AWS_ACCESS_KEY_ID and "
                               "AWS_SECRET_ACCESS_KEY, or put keys into profile \"default\" of "
                               "/none/k"}));
  StaticCredentialSource homeless(Environment(),
                                  {.config_path = "", .credentials_path = "", .name = "default"});
  EXPECT_EQ(FailureOf(homeless.Fetch({})).message,
            "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put keys into "
            "profile \"default\" of the shared credentials file");
}

}  // namespace
}  // namespace ecsd::aws
