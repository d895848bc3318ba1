#include "aws/credential_documents.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/result.h"
#include "support/secret.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using namespace std::chrono_literals;
using std::chrono::January;
using std::chrono::sys_days;
using support::ErrorKind;
using support::Secret;
using test::Failed;
using test::FailureOf;
using test::Must;

const support::SystemTime time_in_2026 = sys_days(2026y / January / 2) + 3h + 4min + 5s;

Credentials Given(std::optional<support::SystemTime> expires, std::string_view token = "t") {
  return {.access_key_id = "ASIA",
          .secret_access_key = Secret("s"),
          .session_token = Secret(std::string(token)),
          .expires = expires,
          .source = ""};
}

Failed Malformed(std::string why) {
  return {.kind = ErrorKind::kMalformed, .message = "the document of credentials " + why};
}

TEST(DecodeContainerCredentialsTest, ReadsWhatTheAgentOfEcsGives) {
  EXPECT_EQ(Must(DecodeContainerCredentials(
                R"({"RoleArn":"arn","AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t",)"
                R"("Expiration":"2026-01-02T03:04:05Z"})")),
            Given(time_in_2026));
}

TEST(DecodeContainerCredentialsTest, TakesKeysThatNeverExpire) {
  EXPECT_EQ(Must(DecodeContainerCredentials(R"({"AccessKeyId":"ASIA","SecretAccessKey":"s"})")),
            Given(std::nullopt, ""));
}

TEST(DecodeContainerCredentialsTest, RefusesWhatIsNotWhole) {
  EXPECT_EQ(FailureOf(DecodeContainerCredentials("<html>")), Malformed("is no JSON object"));
  EXPECT_EQ(FailureOf(DecodeContainerCredentials("[]")), Malformed("is no JSON object"));
  EXPECT_EQ(FailureOf(DecodeContainerCredentials("")), Malformed("is no JSON object"));
  EXPECT_EQ(FailureOf(DecodeContainerCredentials(R"({"AccessKeyId":"ASIA"})")),
            Malformed("has no AccessKeyId or no SecretAccessKey"));
  EXPECT_EQ(FailureOf(DecodeContainerCredentials(R"({"AccessKeyId":1,"SecretAccessKey":"s"})")),
            Malformed("has a member of another type than text"));
  EXPECT_EQ(FailureOf(DecodeContainerCredentials(
                R"({"AccessKeyId":"ASIA","SecretAccessKey":"s","Expiration":"soon"})")),
            Malformed("has an Expiration that is no time"));
}

TEST(DecodeInstanceCredentialsTest, ReadsWhatTheMetadataServiceGives) {
  EXPECT_EQ(Must(DecodeInstanceCredentials(
                R"({"Code":"Success","LastUpdated":"2026-01-01T00:00:00Z","Type":"AWS-HMAC",)"
                R"("AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t",)"
                R"("Expiration":"2026-01-02T03:04:05Z"})")),
            Given(time_in_2026));
}

TEST(DecodeInstanceCredentialsTest, NamesTheCodeOfAFailure) {
  EXPECT_EQ(FailureOf(DecodeInstanceCredentials(
                R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"no trust"})")),
            (Failed{.kind = ErrorKind::kCredentials,
                    .message = "AssumeRoleUnauthorizedAccess: no trust"}));
}

TEST(DecodeInstanceCredentialsTest, RefusesKeysWithoutTokenOrExpiry) {
  EXPECT_EQ(FailureOf(DecodeInstanceCredentials(
                R"({"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t"})")),
            Malformed("has no Token or no Expiration"));
}

TEST(DecodeProcessCredentialsTest, ReadsVersionOne) {
  EXPECT_EQ(Must(DecodeProcessCredentials(
                R"({"Version":1,"AccessKeyId":"ASIA","SecretAccessKey":"s","SessionToken":"t",)"
                R"("Expiration":"2026-01-02T04:04:05+01:00"})")),
            Given(time_in_2026));
  EXPECT_EQ(
      Must(DecodeProcessCredentials(R"({"Version":1,"AccessKeyId":"ASIA","SecretAccessKey":"s"})")),
      Given(std::nullopt, ""));
}

TEST(DecodeProcessCredentialsTest, RefusesOtherVersions) {
  for (const auto* text : {R"({"Version":2,"AccessKeyId":"ASIA","SecretAccessKey":"s"})",
                           R"({"Version":"1","AccessKeyId":"ASIA","SecretAccessKey":"s"})",
                           R"({"AccessKeyId":"ASIA","SecretAccessKey":"s"})"}) {
    EXPECT_EQ(FailureOf(DecodeProcessCredentials(text)), Malformed("does not have Version 1"));
  }
}

TEST(DecodeSsoCredentialsTest, ReadsMilliseconds) {
  EXPECT_EQ(
      Must(DecodeSsoCredentials(R"({"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"s",)"
                                R"("sessionToken":"t","expiration":1767323045000}})")),
      Given(time_in_2026));
}

TEST(DecodeSsoCredentialsTest, RefusesWhatIsNotWhole) {
  EXPECT_EQ(FailureOf(DecodeSsoCredentials("{}")), Malformed("has no roleCredentials"));
  for (const auto* text :
       {R"({"roleCredentials":{}})", R"({"roleCredentials":[]})",
        R"({"roleCredentials":{"accessKeyId":"a","secretAccessKey":"s","sessionToken":"t"}})",
        R"({"roleCredentials":{"accessKeyId":"a","secretAccessKey":"s","sessionToken":"t",)"
        R"("expiration":"1"}})",
        R"({"roleCredentials":{"accessKeyId":"a","secretAccessKey":"s","sessionToken":"t",)"
        R"("expiration":0}})"}) {
    EXPECT_EQ(FailureOf(DecodeSsoCredentials(text)), Malformed("has no whole roleCredentials"));
  }
}

// It used to overflow; found by the fuzzer.
TEST(DecodeSsoCredentialsTest, TakesATimeThatCannotBeHeldForTheLastOneThatCan) {
  const auto credentials = Must(DecodeSsoCredentials(
      R"({"roleCredentials":{"accessKeyId":"a","secretAccessKey":"s","sessionToken":"t",)"
      R"("expiration":9223372036854775807}})"));
  EXPECT_GT(credentials.expires, sys_days(2262y / January / 1));
}

TEST(DecodeSsoTokenTest, ReadsBothFormsOfTheTime) {
  const SsoToken token{.access_token = Secret("tok"), .expires = time_in_2026};
  EXPECT_EQ(Must(DecodeSsoToken(
                R"({"startUrl":"u","accessToken":"tok","expiresAt":"2026-01-02T03:04:05Z"})")),
            token);
  EXPECT_EQ(Must(DecodeSsoToken(R"({"accessToken":"tok","expiresAt":"2026-01-02T03:04:05UTC"})")),
            token);
}

TEST(DecodeSsoTokenTest, RefusesWhatIsNotWhole) {
  EXPECT_EQ(FailureOf(DecodeSsoToken("{")), Malformed("is no JSON object"));
  EXPECT_EQ(FailureOf(DecodeSsoToken(R"({"expiresAt":"2026-01-02T03:04:05Z"})")),
            Malformed("has no accessToken"));
  EXPECT_EQ(FailureOf(DecodeSsoToken(R"({"accessToken":"t"})")),
            Malformed("has no expiresAt that is a time"));
}

TEST(DecodeDocumentErrorTest, ReadsCodeAndMessage) {
  EXPECT_EQ(DecodeDocumentError(R"({"code":"NoRole","message":"none here"})"), "NoRole: none here");
  EXPECT_EQ(DecodeDocumentError(R"({"message":"No access"})"), "No access");
  EXPECT_EQ(DecodeDocumentError(R"({"code":1})"), "");
  EXPECT_EQ(DecodeDocumentError("404 page not found"), "");
}

}  // namespace
}  // namespace ecsd::aws
