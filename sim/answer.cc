#include "sim/answer.h"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/json.h"
#include "sim/xml_text.h"

namespace ecsd::sim {
namespace {

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
    case Protocol::kSts:
      break;
  }
  return "sts";
}

Answer MakeAnswer(Protocol protocol, const ApiResult& result, std::string_view request_id) {
  Answer answer;
  answer.content_type = ContentType(protocol);
  answer.request_id = request_id;
  if (result) {
    answer.body = *result;
  } else {
    answer.status = result.error().status;
    answer.body = ErrorBody(protocol, result.error(), request_id);
  }
  return answer;
}

}  // namespace ecsd::sim
