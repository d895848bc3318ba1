#include "aws/sts_codec.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/result.h"
#include "support/secret.h"
#include "testing/errors.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Secret;
using test::AssumeRoleAnswer;
using test::Failed;
using test::FailureOf;
using test::Must;

const Failed not_whole{
    .kind = ErrorKind::kMalformed,
    .message = "the answer is no AssumeRoleResponse in XML with whole credentials"};

TEST(EncodeAssumeRoleTest, WritesAForm) {
  EXPECT_EQ(EncodeAssumeRole({.arn = "arn:aws:iam::111122223333:role/a b",
                              .session_name = "me@host",
                              .external_id = "",
                              .duration = {}}),
            "Action=AssumeRole&Version=2011-06-15"
            "&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fa%20b&RoleSessionName=me%40host");
}

TEST(EncodeAssumeRoleWithWebIdentityTest, WritesAForm) {
  EXPECT_EQ(EncodeAssumeRoleWithWebIdentity({.arn = "r",
                                             .session_name = "me",
                                             .external_id = "not sent",
                                             .duration = std::chrono::seconds(900)},
                                            Secret("ey.J/")),
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=r&RoleSessionName=me"
            "&DurationSeconds=900&WebIdentityToken=ey.J%2F");
}

TEST(DecodeAssumeRoleWithWebIdentityTest, ReadsItsOwnAnswerOnly) {
  std::string body = AssumeRoleAnswer("ASIAX", "s", "t", "2026-01-02T04:04:05Z");
  EXPECT_EQ(FailureOf(DecodeAssumeRoleWithWebIdentity(body)),
            (Failed{.kind = ErrorKind::kMalformed,
                    .message = "the answer is no AssumeRoleWithWebIdentityResponse in XML with "
                               "whole credentials"}));
  for (const std::string name : {"AssumeRoleResponse", "AssumeRoleResult"}) {
    for (auto at = body.find(name); at != std::string::npos; at = body.find(name, at + 40))
      body.insert(at + std::string("AssumeRole").size(), "WithWebIdentity");
  }
  EXPECT_EQ(Must(DecodeAssumeRoleWithWebIdentity(body)).access_key_id, "ASIAX");
}

TEST(DecodeAssumeRoleTest, ReadsTheCredentials) {
  using namespace std::chrono_literals;
  using std::chrono::January;
  using std::chrono::sys_days;
  EXPECT_EQ(
      Must(DecodeAssumeRole(AssumeRoleAnswer("ASIAX", "a/b+c", "tok==", "2026-01-02T04:04:05Z"))),
      (Credentials{.access_key_id = "ASIAX",
                   .secret_access_key = Secret("a/b+c"),
                   .session_token = Secret("tok=="),
                   .expires = sys_days(2026y / January / 2) + 4h + 4min + 5s,
                   .source = ""}));
}

TEST(DecodeAssumeRoleTest, ReadsEntities) {
  const auto credentials = Must(
      DecodeAssumeRole(AssumeRoleAnswer("ASIAX", "a&amp;b&lt;", "&#65;", "2026-01-02T04:04:05Z")));
  EXPECT_EQ(credentials.secret_access_key, Secret("a&b<"));
  EXPECT_EQ(credentials.session_token, Secret("A"));
}

TEST(DecodeAssumeRoleTest, RefusesCredentialsThatAreNotWhole) {
  constexpr std::string_view kTime = "2026-01-02T04:04:05Z";
  for (const auto& body :
       {AssumeRoleAnswer("", "s", "t", kTime), AssumeRoleAnswer("i", "", "t", kTime),
        AssumeRoleAnswer("i", "s", "", kTime), AssumeRoleAnswer("i", "s", "t", ""),
        AssumeRoleAnswer("i", "s", "t", "tomorrow")}) {
    EXPECT_EQ(FailureOf(DecodeAssumeRole(body)), not_whole) << body;
  }
}

TEST(DecodeAssumeRoleTest, RefusesWhatIsNoAnswerOfStsAndQuotesNothingOfIt) {
  const auto whole = AssumeRoleAnswer("i", "very-secret", "t", "2026-01-02T04:04:05Z");
  for (const auto& body :
       {std::string(), std::string("{}"), std::string("<html>down</html>"), std::string("\0<", 2),
        std::string("<AssumeRoleResponse/>"), whole.substr(0, whole.size() / 2)}) {
    EXPECT_EQ(FailureOf(DecodeAssumeRole(body)), not_whole) << body;
  }
}

// What comes after the credentials is not read, but a document that stops there is not whole.
TEST(DecodeAssumeRoleTest, RefusesATruncatedAnswerWithWholeCredentials) {
  const auto whole = AssumeRoleAnswer("i", "s", "t", "2026-01-02T04:04:05Z");
  const auto cut = whole.substr(0, whole.find("<ResponseMetadata>"));
  EXPECT_EQ(FailureOf(DecodeAssumeRole(cut)), not_whole);
}

TEST(EncodeGetCallerIdentityTest, WritesAForm) {
  EXPECT_EQ(EncodeGetCallerIdentity(), "Action=GetCallerIdentity&Version=2011-06-15");
}

TEST(DecodeGetCallerIdentityTest, ReadsTheArnOfTheCaller) {
  EXPECT_EQ(Must(DecodeGetCallerIdentity(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><UserId>A</UserId>"
                "<Arn>arn:aws:iam::111122223333:user/me</Arn></GetCallerIdentityResult>"
                "</GetCallerIdentityResponse>")),
            "arn:aws:iam::111122223333:user/me");
}

TEST(DecodeGetCallerIdentityTest, RefusesWhatHasNone) {
  for (const std::string body :
       {"", "hello", "<GetCallerIdentityResponse/>",
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn/></GetCallerIdentityResult>"
        "</GetCallerIdentityResponse>"}) {
    EXPECT_EQ(FailureOf(DecodeGetCallerIdentity(body)),
              (Failed{.kind = ErrorKind::kMalformed,
                      .message = "the answer is no GetCallerIdentityResponse in XML; is something "
                                 "between here and AWS (a proxy) answering instead?"}))
        << body;
  }
}

}  // namespace
}  // namespace ecsd::aws
