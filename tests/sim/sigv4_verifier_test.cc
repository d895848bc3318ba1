#include "sim/sigv4_verifier.h"

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "sim/http_request.h"
#include "support/secret.h"

namespace ecsd::sim {
namespace {

using std::chrono::system_clock;

// The moment, keys and requests of the published SigV4 test suite; the signatures of the first two
// are the suite's, those of the others were made with botocore.
constexpr std::string_view kDate = "20150830T123600Z";
constexpr system_clock::time_point kNow{std::chrono::seconds(1440938160)};

SigningScope Scope() {
  return {.region = "us-east-1", .service = "service"};
}

AccessKey Key(std::string token = {}) {
  AccessKey key;
  key.id = "AKIDEXAMPLE";
  key.secret = support::Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  key.token = support::Secret(std::move(token));
  return key;
}

KeyLookup Knows(const AccessKey& key) {
  return [key](std::string_view id) {
    return id == key.id ? std::optional<AccessKey>(key) : std::nullopt;
  };
}

HttpRequest Signed(std::string_view signature, std::string_view names = "host;x-amz-date",
                   std::string_view scope = "20150830/us-east-1/service/aws4_request") {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  request.headers = {
      {"Host", "example.amazonaws.com"},
      {"X-Amz-Date", std::string(kDate)},
      {"Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" + std::string(scope) +
                            ", SignedHeaders=" + std::string(names) +
                            ", Signature=" + std::string(signature)}};
  return request;
}

HttpRequest Vanilla() {
  return Signed("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

std::optional<RefusalKind> Verdict(const HttpRequest& request, const SigningScope& scope = Scope(),
                                   system_clock::time_point now = kNow) {
  const auto verdict = VerifySigV4(request, scope, Knows(Key()), now);
  if (verdict) return std::nullopt;
  return verdict.error().kind;
}

std::string Reason(const HttpRequest& request, const SigningScope& scope = Scope(),
                   system_clock::time_point now = kNow) {
  const auto verdict = VerifySigV4(request, scope, Knows(Key()), now);
  return verdict ? "" : verdict.error().message;
}

TEST(SigV4VerifierTest, AcceptsThePublishedVanillaRequest) {
  EXPECT_EQ(Verdict(Vanilla()), std::nullopt);
}

TEST(SigV4VerifierTest, SortsTheQueryAsThePublishedExample) {
  HttpRequest request = Signed("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
  request.query = "Param2=value2&Param1=value1";
  EXPECT_EQ(Verdict(request), std::nullopt);
}

TEST(SigV4VerifierTest, NormalisesAndEscapesThePath) {
  HttpRequest request = Signed("d384a71d733f9d7f317dd102e9de2e6ede8398c1938491ab15f7cd4168c2dea0");
  request.path = "/a/../b/./c//d%20e/";
  EXPECT_EQ(Verdict(request), std::nullopt);
}

TEST(SigV4VerifierTest, CoversTheBody) {
  HttpRequest request = Signed("2f3b42f35f135abf9c562afcbbc44fc03df96dcfd4332ecebad8b39a7d4b6125",
                               "content-type;host;x-amz-date");
  request.method = "POST";
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.body = "Param1=value1";
  EXPECT_EQ(Verdict(request), std::nullopt);
  request.body = "Param1=value2";
  EXPECT_EQ(Verdict(request), RefusalKind::kBadSignature);
}

HttpRequest WithToken() {
  HttpRequest request =
      Signed("68af526d4f6aba156df6c6f519fcc4ace8f5496d54b4c59336aa1c9a9dcaa2a1",
             "content-type;host;my-header;x-amz-date;x-amz-security-token;x-amz-target",
             "20150830/us-east-1/ecs/aws4_request");
  request.method = "POST";
  request.headers[0].second = "ecs.us-east-1.amazonaws.com";
  request.headers.emplace_back("Content-Type", "application/x-amz-json-1.1");
  request.headers.emplace_back("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.ListTasks");
  request.headers.emplace_back("My-Header", "a   b");
  request.headers.emplace_back("X-Amz-Security-Token", "session/token+==");
  request.body = "{}";
  return request;
}

TEST(SigV4VerifierTest, AcceptsTemporaryKeysWithTheirTokenOnly) {
  const SigningScope scope{.region = "us-east-1", .service = "ecs"};
  const auto right = VerifySigV4(WithToken(), scope, Knows(Key("session/token+==")), kNow);
  ASSERT_TRUE(right.has_value());
  EXPECT_EQ(right->id, "AKIDEXAMPLE");

  for (const std::string token : {"", "another"}) {
    const auto wrong = VerifySigV4(WithToken(), scope, Knows(Key(token)), kNow);
    ASSERT_FALSE(wrong.has_value());
    EXPECT_EQ(wrong.error().kind, RefusalKind::kUnknownKey);
  }
}

TEST(SigV4VerifierTest, RefusesTemporaryKeysFromTheirExpirationOn) {
  const SigningScope scope{.region = "us-east-1", .service = "ecs"};
  AccessKey key = Key("session/token+==");
  key.expiration = kNow + std::chrono::seconds(1);
  EXPECT_TRUE(VerifySigV4(WithToken(), scope, Knows(key), kNow).has_value());
  key.expiration = kNow;
  const auto verdict = VerifySigV4(WithToken(), scope, Knows(key), kNow);
  ASSERT_FALSE(verdict.has_value());
  EXPECT_EQ(verdict.error().kind, RefusalKind::kTokenExpired);
}

TEST(SigV4VerifierTest, RefusesAnUnsignedRequest) {
  HttpRequest request = Vanilla();
  request.headers.pop_back();
  EXPECT_EQ(Verdict(request), RefusalKind::kNotSigned);
}

TEST(SigV4VerifierTest, RefusesAnAuthorizationItCannotRead) {
  for (const std::string text :
       {"Basic abc", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service",
        "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0", "AWS4-HMAC-SHA256 "}) {
    HttpRequest request = Vanilla();
    request.headers.back().second = text;
    EXPECT_EQ(Verdict(request), RefusalKind::kIncomplete) << text;
  }
}

TEST(SigV4VerifierTest, RefusesAnUnknownKeyAndAWrongSecret) {
  AccessKey other = Key();
  other.id = "AKIDOTHER";
  EXPECT_EQ(VerifySigV4(Vanilla(), Scope(), Knows(other), kNow).error().kind,
            RefusalKind::kUnknownKey);
  AccessKey wrong = Key();
  wrong.secret = support::Secret("guess");
  EXPECT_EQ(VerifySigV4(Vanilla(), Scope(), Knows(wrong), kNow).error().kind,
            RefusalKind::kBadSignature);
}

TEST(SigV4VerifierTest, RefusesAnotherRegionAndAnotherService) {
  EXPECT_EQ(Reason(Vanilla(), {.region = "eu-west-1", .service = "service"}),
            "Credential should be scoped to a valid region, not 'us-east-1'.");
  EXPECT_EQ(Reason(Vanilla(), {.region = "us-east-1", .service = "ecs"}),
            "Credential should be scoped to correct service: 'ecs'.");
}

TEST(SigV4VerifierTest, ToleratesFiveMinutesInBothDirections) {
  const auto limit = std::chrono::minutes(5);
  const auto beyond = limit + std::chrono::seconds(1);
  EXPECT_EQ(Verdict(Vanilla(), Scope(), kNow + limit), std::nullopt);
  EXPECT_EQ(Verdict(Vanilla(), Scope(), kNow - limit), std::nullopt);
  EXPECT_EQ(Reason(Vanilla(), Scope(), kNow + beyond),
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
            "(20150830T124101Z - 5 min.)");
  EXPECT_EQ(Reason(Vanilla(), Scope(), kNow - beyond),
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z "
            "(20150830T123059Z + 5 min.)");
}

TEST(SigV4VerifierTest, RefusesADateThatIsNotTheScopes) {
  const HttpRequest request =
      Signed("00", "host;x-amz-date", "20150829/us-east-1/service/aws4_request");
  EXPECT_EQ(Verdict(request), RefusalKind::kBadSignature);
}

TEST(SigV4VerifierTest, RefusesWhatTheSignatureDoesNotCover) {
  HttpRequest request = Vanilla();
  request.headers.emplace_back("X-Amz-Target", "Service.Operation");
  EXPECT_EQ(Reason(request), "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.");
  EXPECT_EQ(Reason(Signed("00", "x-amz-date")),
            "'host' must be a 'SignedHeader' in the AWS Authorization.");
}

TEST(SigV4VerifierTest, RefusesASignedHeaderThatIsAbsentOrComesTwice) {
  EXPECT_EQ(Reason(Signed("00", "accept;host;x-amz-date")),
            "Signed header 'accept' is in the request 0 times.");
  HttpRequest request = Vanilla();
  request.headers.emplace_back("x-amz-date", std::string(kDate));
  EXPECT_EQ(Reason(request), "Signed header 'x-amz-date' is in the request 2 times.");
}

}  // namespace
}  // namespace ecsd::sim
