#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/service_error.h"
#include "support/result.h"
#include "testing/replies.h"

namespace ecsd::aws {
namespace {

using std::chrono::seconds;
using support::ErrorKind;

ErrorKind Kind(const std::string& code, long status, std::optional<seconds> clock_ahead = {}) {
  auto response = test::Answer(status, "");
  response.clock_ahead = clock_ahead;
  return KindOf({.code = code, .message = ""}, response);
}

TEST(KindOfTest, DecidesByTheCodeBeforeTheStatus) {
  using CodesOfKind = std::pair<ErrorKind, std::vector<std::string>>;
  for (const auto& [kind, codes] : std::vector<CodesOfKind>{
           {ErrorKind::kThrottled,
            {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
             "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
             "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
             "PriorRequestNotComplete", "EC2ThrottledException", "429"}},
           {ErrorKind::kServer,
            {"RequestTimeout", "RequestTimeoutException", "ServerException", "InternalFailure",
             "InternalError", "ServiceUnavailable", "Unavailable", "IDPCommunicationError"}},
           {ErrorKind::kExpired,
            {"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException",
             "InvalidClientTokenId", "AuthFailure", "RequestExpired"}},
           {ErrorKind::kClockSkew, {"RequestTimeTooSkewed", "RequestInTheFuture"}},
           {ErrorKind::kCredentials,
            {"InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature",
             "IncompleteSignatureException", "MissingAuthenticationToken",
             "MissingAuthenticationTokenException"}},
           {ErrorKind::kDenied,
            {"OptInRequired", "NotAuthorized", "AccessDenied", "AccessDeniedException",
             "UnauthorizedOperation"}},
           {ErrorKind::kNotFound, {"ClusterNotFoundException"}},
           {ErrorKind::kUnsupported, {"UnknownParameter"}}}) {
    for (const auto& code : codes) {
      for (const long status : {400L, 403L, 500L, 503L}) {
        EXPECT_EQ(Kind(code, status), kind) << code << ' ' << status;
      }
    }
  }
}

TEST(KindOfTest, GoesByTheStatusWhereTheCodeIsNotKnown) {
  for (const long status : {500L, 502L, 503L, 504L, 599L}) {
    EXPECT_EQ(Kind("Strange", status), ErrorKind::kServer) << status;
    EXPECT_EQ(Kind(std::to_string(status), status), ErrorKind::kServer) << status;
  }
  for (const long status : {301L, 400L, 403L, 404L, 413L}) {
    EXPECT_EQ(Kind("InvalidParameterException", status), ErrorKind::kRejected) << status;
    // An answer without a code of AWS is somebody else's: a proxy, a portal, a wrong endpoint.
    EXPECT_EQ(Kind(std::to_string(status), status), ErrorKind::kMalformed) << status;
  }
}

TEST(KindOfTest, KnowsADefinitionThatDoesNotExist) {
  EXPECT_EQ(Kind("ClientException", 400), ErrorKind::kNotFound);
}

// Such an answer with a code that is not known used to be taken for a lasting refusal.
TEST(KindOfTest, TakesStatus429ForThrottlingWhateverTheCode) {
  EXPECT_EQ(Kind("Strange", 429), ErrorKind::kThrottled);
  EXPECT_EQ(Kind("429", 429), ErrorKind::kThrottled);
}

TEST(KindOfTest, TakesARefusedSignatureForAWrongClockWhenTheClocksDiffer) {
  // AuthFailure used not to be among them, though EC2 answers with it to a clock that is off.
  for (const auto* code : {"InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired",
                           "AuthFailure", "IncompleteSignature"}) {
    EXPECT_EQ(Kind(code, 403, seconds(241)), ErrorKind::kClockSkew) << code;
    EXPECT_EQ(Kind(code, 403, seconds(-241)), ErrorKind::kClockSkew) << code;
    EXPECT_NE(Kind(code, 403, seconds(240)), ErrorKind::kClockSkew) << code;
    EXPECT_NE(Kind(code, 403, seconds(-240)), ErrorKind::kClockSkew) << code;
    EXPECT_NE(Kind(code, 403), ErrorKind::kClockSkew) << code;
  }
}

TEST(KindOfTest, DoesNotBlameTheClockForAnythingElse) {
  EXPECT_EQ(Kind("AccessDeniedException", 400, seconds(9999)), ErrorKind::kDenied);
  EXPECT_EQ(Kind("ExpiredTokenException", 400, seconds(9999)), ErrorKind::kExpired);
  EXPECT_EQ(Kind("ThrottlingException", 400, seconds(9999)), ErrorKind::kThrottled);
  EXPECT_EQ(Kind("503", 503, seconds(9999)), ErrorKind::kServer);
}

}  // namespace
}  // namespace ecsd::aws
