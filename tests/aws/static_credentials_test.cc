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

support::Result<std::optional<Credentials>> FromEnvironment(Variables variables) {
  return EnvironmentCredentials(Environment(std::move(variables)));
}

support::Result<std::optional<Credentials>> FromProfile(const Section& section) {
  return ProfileKeys("p", section);
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

TEST(EnvironmentCredentialsTest, RefusesWhiteSpaceAndControlCharacters) {
  const Variables good{
      {"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "t"}};
  for (const auto& [name, text] : good) {
    for (const std::string_view blank : {"\n", " ", "\r", "\x7F"}) {
      auto variables = good;
      variables[name] = text + std::string(blank);
      EXPECT_EQ(FailureOf(FromEnvironment(variables)),
                Wrong(name + " has white space or a control character in it; is it a newline at "
                             "its end?"));
    }
  }
}

TEST(ProfileKeysTest, RefusesWhiteSpaceAndControlCharacters) {
  const Section section{{"aws_access_key_id", "AKIA"}, {"aws_secret_access_key", "one\ntwo"}};
  EXPECT_EQ(FailureOf(FromProfile(section)),
            Wrong("AWS profile \"p\": aws_secret_access_key has white space or a control character "
                  "in it; is it a newline at its end?"));
}

TEST(ProfileKeysTest, ReadsKeysAndToken) {
  EXPECT_EQ(Must(FromProfile({{"aws_access_key_id", "AKIA"}, {"aws_secret_access_key", "s"}})),
            KeysOf("profile p"));
  EXPECT_EQ(Must(FromProfile({{"aws_access_key_id", "AKIA"},
                              {"aws_secret_access_key", "s"},
                              {"aws_session_token", "t"}})),
            KeysOf("profile p", "t"));
}

TEST(ProfileKeysTest, FindsNoneWhereTheProfileHasNoKeys) {
  EXPECT_EQ(Must(FromProfile({{"region", "r"}})), std::nullopt);
  EXPECT_EQ(Must(FromProfile({{"aws_access_key_id", ""}})), std::nullopt);
}

TEST(ProfileKeysTest, RefusesAKeyWithoutItsOtherHalf) {
  EXPECT_EQ(FailureOf(FromProfile({{"aws_access_key_id", "AKIA"}})),
            Wrong("AWS profile \"p\" has no aws_secret_access_key"));
  EXPECT_EQ(FailureOf(FromProfile({{"aws_secret_access_key", "s"}})),
            Wrong("AWS profile \"p\" has no aws_access_key_id"));
}

}  // namespace
}  // namespace ecsd::aws
