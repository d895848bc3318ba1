#include "aws/service_error.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "http/transport.h"
#include "support/result.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using test::Answer;
using test::Ec2Error;
using test::JsonError;
using test::StsError;

ServiceError Read(long status, std::string body) {
  return ReadServiceError(Answer(status, std::move(body)));
}

support::Error Make(const http::Response& response) {
  return MakeError("ECS ListTasks", "ecs:ListTasks", ReadServiceError(response), response);
}

TEST(ReadServiceErrorTest, ReadsBothSpellingsOfTheJsonMembers) {
  const ServiceError expected{.code = "ClusterNotFoundException", .message = "Cluster not found."};
  for (const auto* body :
       {R"({"__type":"ClusterNotFoundException","message":"Cluster not found."})",
        R"({"__type":"com.amazonaws.ecs#ClusterNotFoundException","Message":"Cluster not found."})",
        R"({"code":"ClusterNotFoundException","message":"Cluster not found."})",
        R"({"code":"ClusterNotFoundException:http://docs.aws/x#y","message":"Cluster not found."})",
        R"({"__type":"a.b#ClusterNotFoundException:http://x","message":"Cluster not found."})",
        R"({"__type":null,"code":" ClusterNotFoundException ","Message":"Cluster not found."})",
        R"({"__type":7,"code":"ClusterNotFoundException","message":"Cluster not found."})",
        "\r\n {\"message\":\"Cluster not found.\",\"__type\":\"ClusterNotFoundException\"}\n"}) {
    EXPECT_EQ(Read(400, body), expected) << body;
  }
}

TEST(ReadServiceErrorTest, PrefersTheTypeInTheHeader) {
  auto response = Answer(400, R"({"__type":"Other","message":"m"})");
  response.error_type = "ThrottlingException:http://internal.amazon.com/coral/x/";
  EXPECT_EQ(ReadServiceError(response),
            (ServiceError{.code = "ThrottlingException", .message = "m"}));
  response.body.clear();
  EXPECT_EQ(ReadServiceError(response),
            (ServiceError{.code = "ThrottlingException", .message = ""}));
}

TEST(ReadServiceErrorTest, ReadsTheXmlOfEc2AndSts) {
  EXPECT_EQ(ReadServiceError(Ec2Error(503, "RequestLimitExceeded", "Request limit exceeded.")),
            (ServiceError{.code = "RequestLimitExceeded", .message = "Request limit exceeded."}));
  EXPECT_EQ(ReadServiceError(StsError(403, "AccessDenied", "User: x is not authorized")),
            (ServiceError{.code = "AccessDenied", .message = "User: x is not authorized"}));
  EXPECT_EQ(ReadServiceError(Ec2Error(400, "A", "5 &lt; 6 &amp; &#55;")),
            (ServiceError{.code = "A", .message = "5 < 6 & 7"}));
}

// A stand-in for AWS answers so to every service when it checks signatures.
TEST(ReadServiceErrorTest, ReadsXmlFromAServiceThatSpeaksJson) {
  EXPECT_EQ(Read(403, R"(<ErrorResponse xmlns="http://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Code>SignatureDoesNotMatch</Code>
    <Message>The request signature we calculated does not match</Message>
    </Error>
  <RequestId>foo-id</RequestId>
</ErrorResponse>)"),
            (ServiceError{.code = "SignatureDoesNotMatch",
                          .message = "The request signature we calculated does not match"}));
}

TEST(ReadServiceErrorTest, TakesTheStatusWhereTheBodySaysNothing) {
  for (const auto* body :
       {"", "   ", "Service Unavailable",
        "<html><head><title>502 Bad Gateway</title></head></html>",
        "<!DOCTYPE html>\n<html><br></html>", "{", "{}", "[]", R"({"message":7})", "<Error>",
        "<Response><Errors><Error><Code>Cut</Co", "<Response/>"}) {
    EXPECT_EQ(Read(502, body), (ServiceError{.code = "502", .message = ""})) << body;
  }
  EXPECT_EQ(Read(413, R"({"message":"too large"})"),
            (ServiceError{.code = "413", .message = "too large"}));
}

TEST(ReadServiceErrorTest, CutsTheCanonicalRequestOff) {
  EXPECT_EQ(
      ReadServiceError(JsonError(
          403, "InvalidSignatureException",
          R"(The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'POST\nx-amz-security-token:TOKEN')")),
      (ServiceError{.code = "InvalidSignatureException",
                    .message = "The request signature we calculated does not match.\n\n"}));
}

TEST(MakeErrorTest, SaysWhatCameBackInOneLine) {
  const auto error =
      Make(JsonError(400, "InvalidParameterException", R"(\n two\n lines\u0001\t! \n)"));
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.message, "ECS ListTasks: InvalidParameterException: two  lines  !");
}

// A code used to be copied as it was, line breaks and all.
TEST(MakeErrorTest, KeepsAnOddCodeInOneLine) {
  EXPECT_EQ(Make(JsonError(400, R"(a\nb)", "")).message, "ECS ListTasks: a b");
  EXPECT_EQ(Make(JsonError(400, std::string(1000, 'c'), "m")).message,
            "ECS ListTasks: " + std::string(80, 'c') + "...: m");
}

TEST(MakeErrorTest, CutsLongMessages) {
  EXPECT_EQ(Make(JsonError(400, "E", std::string(5000, 'm'))).message,
            "ECS ListTasks: E: " + std::string(300, 'm') + "...");
}

TEST(MakeErrorTest, LeavesOutAMessageThatIsNotThere) {
  EXPECT_EQ(
      Make(Answer(502, "")).message,
      "ECS ListTasks: 502; AWS, or a proxy before it, failed: nothing to change here, a later "
      "refresh tries again");
}

TEST(MakeErrorTest, SaysHowToMendWhatCanBeMended) {
  const auto denied = Make(JsonError(400, "AccessDeniedException", "no"));
  EXPECT_EQ(denied.kind, ErrorKind::kDenied);
  EXPECT_EQ(denied.message,
            "ECS ListTasks: AccessDeniedException: no; grant ecs:ListTasks to these credentials");
  EXPECT_EQ(Make(JsonError(400, "UnrecognizedClientException", "bad token")).message,
            "ECS ListTasks: UnrecognizedClientException: bad token; check the AWS credentials");
  EXPECT_EQ(
      Make(JsonError(400, "ClusterNotFoundException", "Cluster not found.")).message,
      "ECS ListTasks: ClusterNotFoundException: Cluster not found.; check -config.cluster and "
      "the region");
}

TEST(MakeErrorTest, SaysHowFarTheClockIsOff) {
  auto response = JsonError(403, "InvalidSignatureException", "Signature expired");
  response.clock_ahead = std::chrono::seconds(3600);
  EXPECT_EQ(Make(response).kind, ErrorKind::kClockSkew);
  EXPECT_EQ(
      Make(response).message,
      "ECS ListTasks: InvalidSignatureException: Signature expired; set the local clock: it is "
      "3600 s ahead of AWS");
  response.clock_ahead = std::chrono::seconds(-600);
  EXPECT_EQ(
      Make(response).message,
      "ECS ListTasks: InvalidSignatureException: Signature expired; set the local clock: it is "
      "600 s behind AWS");
}

// It used to claim a difference of 0 s.
TEST(MakeErrorTest, DoesNotInventADifferenceOfTheClocks) {
  EXPECT_EQ(Make(JsonError(403, "RequestTimeTooSkewed", "skewed")).message,
            "ECS ListTasks: RequestTimeTooSkewed: skewed; set the local clock");
}

}  // namespace
}  // namespace ecsd::aws
