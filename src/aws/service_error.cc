#include "aws/service_error.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "aws/advice.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;

// AWS accepts a difference of five minutes (IAM User Guide, "Troubleshoot Signature Version 4").
constexpr std::chrono::seconds kToleratedSkew = std::chrono::minutes(4);
constexpr std::size_t kLongestMessage = 300;
constexpr std::size_t kLongestCode = 80;

using CodeKind = std::pair<std::string_view, ErrorKind>;

// Codes that mean the same wherever they come from. Throttling, transient and credential codes as
// in the AWS SDKs and Tools Reference Guide, "Retry behavior", and botocore's retry tables; the
// rest from the Common Errors pages of ECS, EC2 and STS.
constexpr std::array kCodes = {
    CodeKind{"Throttling", ErrorKind::kThrottled},
    CodeKind{"ThrottlingException", ErrorKind::kThrottled},
    CodeKind{"ThrottledException", ErrorKind::kThrottled},
    CodeKind{"RequestThrottled", ErrorKind::kThrottled},
    CodeKind{"RequestThrottledException", ErrorKind::kThrottled},
    CodeKind{"TooManyRequestsException", ErrorKind::kThrottled},
    CodeKind{"RequestLimitExceeded", ErrorKind::kThrottled},
    CodeKind{"BandwidthLimitExceeded", ErrorKind::kThrottled},
    CodeKind{"LimitExceededException", ErrorKind::kThrottled},
    CodeKind{"SlowDown", ErrorKind::kThrottled},
    CodeKind{"PriorRequestNotComplete", ErrorKind::kThrottled},
    CodeKind{"EC2ThrottledException", ErrorKind::kThrottled},
    CodeKind{"429", ErrorKind::kThrottled},
    CodeKind{"RequestTimeout", ErrorKind::kServer},
    CodeKind{"RequestTimeoutException", ErrorKind::kServer},
    CodeKind{"ServerException", ErrorKind::kServer},
    CodeKind{"InternalFailure", ErrorKind::kServer},
    CodeKind{"InternalError", ErrorKind::kServer},
    CodeKind{"ServiceUnavailable", ErrorKind::kServer},
    CodeKind{"Unavailable", ErrorKind::kServer},
    CodeKind{"IDPCommunicationError", ErrorKind::kServer},
    CodeKind{"ExpiredToken", ErrorKind::kExpired},
    CodeKind{"ExpiredTokenException", ErrorKind::kExpired},
    CodeKind{"UnrecognizedClientException", ErrorKind::kExpired},
    CodeKind{"InvalidClientTokenId", ErrorKind::kExpired},
    CodeKind{"AuthFailure", ErrorKind::kExpired},
    CodeKind{"RequestExpired", ErrorKind::kExpired},
    CodeKind{"RequestTimeTooSkewed", ErrorKind::kClockSkew},
    CodeKind{"RequestInTheFuture", ErrorKind::kClockSkew},
    CodeKind{"InvalidSignatureException", ErrorKind::kCredentials},
    CodeKind{"SignatureDoesNotMatch", ErrorKind::kCredentials},
    CodeKind{"IncompleteSignature", ErrorKind::kCredentials},
    CodeKind{"IncompleteSignatureException", ErrorKind::kCredentials},
    CodeKind{"MissingAuthenticationToken", ErrorKind::kCredentials},
    CodeKind{"MissingAuthenticationTokenException", ErrorKind::kCredentials},
    CodeKind{"OptInRequired", ErrorKind::kDenied},
    CodeKind{"SubscriptionRequiredException", ErrorKind::kDenied},
    CodeKind{"RegionDisabledException", ErrorKind::kDenied},
    CodeKind{"NotAuthorized", ErrorKind::kDenied},
    CodeKind{"AccessDenied", ErrorKind::kDenied},
    CodeKind{"AccessDeniedException", ErrorKind::kDenied},
    CodeKind{"UnauthorizedOperation", ErrorKind::kDenied},
    CodeKind{"ClusterNotFoundException", ErrorKind::kNotFound},
    // What DescribeTaskDefinition answers for a definition that does not exist.
    CodeKind{"ClientException", ErrorKind::kNotFound},
    CodeKind{"UnknownParameter", ErrorKind::kUnsupported},
};

// "com.amazonaws.ecs#ClusterNotFoundException:http://..." is ClusterNotFoundException.
std::string_view CleanCode(std::string_view code) {
  code = code.substr(0, code.find(':'));
  if (const auto hash = code.find('#'); hash != std::string_view::npos)
    code.remove_prefix(hash + 1);
  return support::Trim(code);
}

// Whether `code` is only the HTTP status, because the answer had no error code of AWS.
bool IsStatus(std::string_view code) {
  return support::ParseDecimal(code).has_value();
}

std::string JsonText(const simdjson::dom::object& object, std::string_view key) {
  std::string_view text;
  if (object[key].get_string().get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

ServiceError ReadJsonError(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(body).get_object().get(object) != simdjson::SUCCESS) return {};
  ServiceError error{.code = JsonText(object, "__type"), .message = JsonText(object, "message")};
  if (error.code.empty()) error.code = JsonText(object, "code");
  if (error.message.empty()) error.message = JsonText(object, "Message");
  return error;
}

ServiceError ReadXmlError(const std::string& body) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) return {};
  const auto error = document.find_node(
      [](const pugi::xml_node& node) { return std::string_view(node.name()) == "Error"; });
  return {.code = error.child_value("Code"), .message = error.child_value("Message")};
}

bool IsSkewed(const http::Response& response) {
  return response.clock_ahead &&
         (*response.clock_ahead > kToleratedSkew || *response.clock_ahead < -kToleratedSkew);
}

}  // namespace

ServiceError ReadServiceError(const http::Response& response) {
  const auto body = support::Trim(response.body);
  ServiceError error;
  if (body.starts_with('{')) error = ReadJsonError(response.body);
  if (body.starts_with('<')) error = ReadXmlError(response.body);
  if (!response.error_type.empty()) error.code = response.error_type;
  error.code = CleanCode(error.code);
  if (error.code.empty()) error.code = fmt::format("{}", response.status);
  // AWS may quote the whole canonical request after this, with the session token in it.
  error.message = error.message.substr(0, error.message.find("The Canonical String"));
  return error;
}

ErrorKind KindOf(const ServiceError& error, const http::Response& response) {
  const auto* known = std::ranges::find(kCodes, error.code, &CodeKind::first);
  if (IsWrongScope(error)) return ErrorKind::kCredentials;
  auto kind = ErrorKind::kRejected;
  if (known != kCodes.end()) {
    kind = known->second;
  } else if (response.status == 429) {
    kind = ErrorKind::kThrottled;
  } else if (response.status >= 500) {
    kind = ErrorKind::kServer;
  } else if (IsStatus(error.code)) {
    kind = ErrorKind::kMalformed;  // no word of AWS in it
  }
  // EC2 says AuthFailure or RequestExpired for a signature of another time.
  const bool may_be_skew = kind == ErrorKind::kCredentials || error.code == "AuthFailure" ||
                           error.code == "RequestExpired";
  return may_be_skew && IsSkewed(response) ? ErrorKind::kClockSkew : kind;
}

support::Error MakeError(std::string_view call, std::string_view permission,
                         const ServiceError& error, const http::Response& response) {
  const auto kind = KindOf(error, response);
  const auto code = support::OneLine(error.code, kLongestCode);
  const auto text = support::OneLine(support::Trim(error.message), kLongestMessage);
  return {.kind = kind,
          .message = fmt::format("{}: {}{}{}{}", call, code, text.empty() ? "" : ": ", text,
                                 AdviceFor(kind, error, permission, response))};
}

}  // namespace ecsd::aws
