#include "sim/fault_answers.h"

#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/json.h"
#include "sim/lies.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kProxyPage =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Web proxy</h1>"
    "<p>Please sign in to use the Internet.<br></body></html>\n";
constexpr std::string_view kGarbage = "\x16\x03\x01\xff\xfe not an answer {]<>\x01\x02\x80\x81";

bool IsCredentialEndpoint(Protocol protocol) {
  return protocol == Protocol::kPortal || protocol == Protocol::kContainer ||
         protocol == Protocol::kMetadata;
}

ApiError Throttled(Protocol protocol) {
  if (IsCredentialEndpoint(protocol))
    return {.status = 429, .code = "TooManyRequestsException", .message = "Rate exceeded"};
  if (SpeaksJson(protocol))
    return {.status = 400, .code = "ThrottlingException", .message = "Rate exceeded"};
  if (protocol == Protocol::kSts)
    return {.status = 400, .code = "Throttling", .message = "Rate exceeded"};
  return {.status = 503, .code = "RequestLimitExceeded", .message = "Request limit exceeded."};
}

ApiError ServerError(Protocol protocol) {
  if (protocol == Protocol::kEcs) {
    return {.status = 500,
            .code = "ServerException",
            .message = "Service Unavailable. Please try again later."};
  }
  if (protocol == Protocol::kSsm) {
    return {.status = 500,
            .code = "InternalServerError",
            .message = "An error occurred on the server side."};
  }
  if (protocol == Protocol::kSts) {
    return {
        .status = 500,
        .code = "InternalFailure",
        .message =
            "The request processing has failed because of an unknown error, exception or failure."};
  }
  return {.status = 500, .code = "InternalError", .message = "An internal error has occurred"};
}

ApiError Unavailable(Protocol protocol) {
  if (protocol == Protocol::kEc2) {
    return {.status = 503,
            .code = "Unavailable",
            .message = "The server is overloaded and can't handle the request."};
  }
  return {.status = 503,
          .code = "ServiceUnavailable",
          .message = "The request has failed due to a temporary failure of the server."};
}

ApiError Expired(const StruckCall& call) {
  constexpr std::string_view kText = "The security token included in the request is expired";
  const Protocol protocol = call.protocol;
  if (IsCredentialEndpoint(protocol))
    return {.status = 401, .code = "UnauthorizedException", .message = "The token has expired"};
  if (call.operation == "AssumeRoleWithWebIdentity")
    return {.status = 400, .code = "ExpiredTokenException", .message = "Token has expired"};
  if (SpeaksJson(protocol))
    return {.status = 400, .code = "ExpiredTokenException", .message = std::string(kText)};
  if (protocol == Protocol::kSts)
    return {.status = 403, .code = "ExpiredToken", .message = std::string(kText)};
  return {.status = 400, .code = "RequestExpired", .message = "Request has expired."};
}

ApiError Denied(const StruckCall& call) {
  if (IsCredentialEndpoint(call.protocol))
    return {.status = 403, .code = "ForbiddenException", .message = "No access"};
  const std::string action = fmt::format("{}:{}", ServiceName(call.protocol), call.operation);
  const std::string text = fmt::format(
      "User: {} is not authorized to perform: {} on resource: * because no identity-based policy "
      "allows the {} action",
      call.principal_arn, action, action);
  if (SpeaksJson(call.protocol))
    return {.status = 400, .code = "AccessDeniedException", .message = text};
  if (call.protocol == Protocol::kSts)
    return {.status = 403, .code = "AccessDenied", .message = text};
  return {.status = 403,
          .code = "UnauthorizedOperation",
          .message = "You are not authorized to perform this operation. " + text};
}

// A status without a code of the service.
std::optional<ApiError> PlainStatus(FaultKind kind) {
  constexpr std::string_view kText = "The request was refused.";
  if (kind == FaultKind::kBadRequest)
    return ApiError{.status = 400, .code = "BadRequest", .message = std::string(kText)};
  if (kind == FaultKind::kUnauthorized)
    return ApiError{.status = 401, .code = "Unauthorized", .message = std::string(kText)};
  if (kind == FaultKind::kForbidden)
    return ApiError{.status = 403, .code = "Forbidden", .message = std::string(kText)};
  if (kind == FaultKind::kNotFound)
    return ApiError{.status = 404, .code = "NotFound", .message = std::string(kText)};
  return std::nullopt;
}

std::optional<ApiError> ErrorFor(FaultKind kind, const StruckCall& call) {
  if (kind == FaultKind::kThrottle) return Throttled(call.protocol);
  if (kind == FaultKind::kServerError) return ServerError(call.protocol);
  if (kind == FaultKind::kUnavailable) return Unavailable(call.protocol);
  if (kind == FaultKind::kExpired) return Expired(call);
  if (kind == FaultKind::kDenied) return Denied(call);
  return PlainStatus(kind);
}

Delivery DeliveryFor(FaultKind kind) {
  if (kind == FaultKind::kReset) return Delivery::kReset;
  if (kind == FaultKind::kTruncated) return Delivery::kTruncated;
  return kind == FaultKind::kHang ? Delivery::kHang : Delivery::kWhole;
}

// The same tree with every leaf of another type.
Json Mistype(const Json& value) {
  if (value.is_string()) return 7;
  if (value.is_number()) return "many";
  if (value.is_boolean()) return Json::array();
  if (value.is_null()) return Json::object();
  Json out = value;
  for (Json& item : out) item = Mistype(item);
  return out;
}

std::string WrongType(const StruckCall& call, const std::string& right) {
  const bool json = SpeaksJson(call.protocol) || IsCredentialEndpoint(call.protocol);
  if (json) return Dump(Mistype(ParseJson(right).value_or(Json())));
  if (call.protocol == Protocol::kEc2) {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0}Response "
        "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId><item>{1}</item></requestId>"
        "<reservationSet><item>7</item><item><instancesSet>text<item><instanceId><item/>"
        "</instanceId><networkInterfaceSet>9</networkInterfaceSet></item></instancesSet></item>"
        "</reservationSet></{0}Response>",
        call.operation, call.request_id);
  }
  return fmt::format(
      "<{0}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{0}Result>"
      "<Credentials>text<Expiration>tomorrow</Expiration></Credentials></{0}Result></{0}Response>",
      call.operation);
}

}  // namespace

bool IsTwist(FaultKind kind) {
  return kind == FaultKind::kMissing || kind == FaultKind::kEmptyPage ||
         kind == FaultKind::kEmptyList || kind == FaultKind::kDuplicateItem ||
         kind == FaultKind::kRepeatedToken || kind == FaultKind::kExpiring || IsLie(kind);
}

Answer Strike(const Fault& fault, const StruckCall& call, Answer right) {
  const FaultKind kind = fault.kind;
  if (auto error = ErrorFor(kind, call)) {
    return MakeAnswer(call.protocol, tl::unexpected(std::move(*error)), call.request_id);
  }
  right.delivery = DeliveryFor(kind);
  right.delay = fault.duration;
  if (kind == FaultKind::kGarbage) right.body = kGarbage;
  if (kind == FaultKind::kEmptyBody) right.body.clear();
  if (kind == FaultKind::kWrongType) right.body = WrongType(call, right.body);
  if (kind == FaultKind::kHtml) {
    right.body = kProxyPage;
    right.content_type = "text/html; charset=utf-8";
  }
  return right;
}

}  // namespace ecsd::sim
