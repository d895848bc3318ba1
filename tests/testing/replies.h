#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/transport.h"

namespace ecsd::test {

// Answers as services give them.

[[nodiscard]] inline http::Response Answer(long status, std::string body) {
  return {.status = status,
          .body = std::move(body),
          .request_id = {},
          .error_type = {},
          .clock_ahead = std::nullopt};
}

[[nodiscard]] inline http::Response Ok(std::string body) {
  return Answer(200, std::move(body));
}

// A refusal by a service with the JSON protocol (ECS).
[[nodiscard]] inline http::Response JsonError(long status, std::string_view code,
                                              std::string_view message) {
  std::string body = R"({"__type":")";
  body.append(code).append(R"(","message":")").append(message).append(R"("})");
  return Answer(status, std::move(body));
}

// A refusal by EC2.
[[nodiscard]] inline http::Response Ec2Error(long status, std::string_view code,
                                             std::string_view message) {
  std::string body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>";
  body.append(code).append("</Code><Message>").append(message);
  body.append("</Message></Error></Errors><RequestID>1-2-3</RequestID></Response>");
  return Answer(status, std::move(body));
}

// A refusal by STS.
[[nodiscard]] inline http::Response StsError(long status, std::string_view code,
                                             std::string_view message) {
  std::string body =
      "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender"
      "</Type><Code>";
  body.append(code).append("</Code><Message>").append(message);
  body.append("</Message></Error><RequestId>1-2-3</RequestId></ErrorResponse>");
  return Answer(status, std::move(body));
}

// An answer of STS' AssumeRole.
[[nodiscard]] inline std::string AssumeRoleAnswer(std::string_view id, std::string_view secret,
                                                  std::string_view token,
                                                  std::string_view expiration) {
  std::string body =
      "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
      "  <AssumeRoleResult>\n    <Credentials>\n      <AccessKeyId>";
  body.append(id).append("</AccessKeyId>\n      <SecretAccessKey>").append(secret);
  body.append("</SecretAccessKey>\n      <SessionToken>").append(token);
  body.append("</SessionToken>\n      <Expiration>").append(expiration);
  body.append(
      "</Expiration>\n    </Credentials>\n    <AssumedRoleUser><Arn>arn:aws:sts::111122223333:"
      "assumed-role/read/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>\n"
      "  </AssumeRoleResult>\n  <ResponseMetadata><RequestId>1-2-3</RequestId></ResponseMetadata>\n"
      "</AssumeRoleResponse>\n");
  return body;
}

}  // namespace ecsd::test
