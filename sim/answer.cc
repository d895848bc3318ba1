#include "sim/answer.h"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "sim/json.h"
#include "sim/xml_text.h"

namespace ecsd::sim {
namespace {

// The metadata service answers errors with a page for people.
std::string MetadataPage(const ApiError& error) {
  const std::string title = fmt::format("{} - {}", error.status, EscapeXml(error.code));
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML "
      "1.0 "
      "Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
      "<html "
      "xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>{0}</title></head><body><h1>{0}</h1>"
      "<p>{1}</p></body></html>\n",
      title, EscapeXml(error.message));
}

std::string ErrorBody(Protocol protocol, const ApiError& error, std::string_view request_id) {
  switch (protocol) {
    case Protocol::kEcs:
    case Protocol::kSsm:
      return Dump({{"__type", error.code}, {"message", error.message}});
    case Protocol::kEc2:
      return fmt::format(
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error>{}{}</Error>"
          "</Errors>{}</Response>",
          TextElement("Code", error.code), TextElement("Message", error.message),
          TextElement("RequestID", request_id));
    case Protocol::kPortal:
      return Dump({{"message", error.message},
                   {"__type", "com.amazonaws.switchboard.portal#" + error.code}});
    case Protocol::kContainer:
      return Dump({{"code", error.code}, {"message", error.message}});
    case Protocol::kMetadata:
      return MetadataPage(error);
    case Protocol::kSts:
      break;
  }
  return fmt::format(
      "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>{}{}{}</Error>{}"
      "</ErrorResponse>",
      TextElement("Type", error.status < 500 ? "Sender" : "Receiver"),
      TextElement("Code", error.code), TextElement("Message", error.message),
      TextElement("RequestId", request_id));
}

std::string_view ContentType(Protocol protocol) {
  switch (protocol) {
    case Protocol::kEcs:
    case Protocol::kSsm:
      return "application/x-amz-json-1.1";
    case Protocol::kEc2:
      return "text/xml;charset=UTF-8";
    case Protocol::kPortal:
    case Protocol::kContainer:
      return "application/json";
    case Protocol::kMetadata:
      return "text/plain";
    case Protocol::kSts:
      break;
  }
  return "text/xml";
}

}  // namespace

tl::unexpected<ApiError> FailApi(unsigned int status, std::string_view code,
                                 std::string_view message) {
  return tl::unexpected(
      ApiError{.status = status, .code = std::string(code), .message = std::string(message)});
}

std::string_view ServiceName(Protocol protocol) {
  switch (protocol) {
    case Protocol::kEcs:
      return "ecs";
    case Protocol::kEc2:
      return "ec2";
    case Protocol::kSsm:
      return "ssm";
    case Protocol::kPortal:
      return "sso";
    case Protocol::kContainer:
    case Protocol::kMetadata:
      return "";
    case Protocol::kSts:
      break;
  }
  return "sts";
}

Answer MakeAnswer(Protocol protocol, ApiResult result, std::string_view request_id) {
  Answer answer;
  answer.content_type = ContentType(protocol);
  answer.request_id = request_id;
  if (result) {
    answer.body = *std::move(result);
  } else {
    answer.status = result.error().status;
    answer.body = ErrorBody(protocol, result.error(), request_id);
    if (protocol == Protocol::kMetadata) answer.content_type = "text/html";
    if (protocol == Protocol::kPortal) {
      answer.headers.emplace_back("x-amzn-ErrorType", result.error().code);
    }
  }
  return answer;
}

}  // namespace ecsd::sim
