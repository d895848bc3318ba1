#pragma once

#include <string>
#include <string_view>

#include "http/transport.h"
#include "support/result.h"

namespace ecsd::aws {

// What a service said when it refused: AWS' error code, cleaned of name space and URL, and its
// message. The code is the HTTP status where the body says nothing (a load balancer's answer).
struct ServiceError {
  std::string code;
  std::string message;
  friend bool operator==(const ServiceError&, const ServiceError&) = default;
};

// Reads the error out of an answer: the x-amzn-errortype header, `__type` or `code` of a JSON body,
// or <Code> of an XML one (EC2's <Response><Errors>, STS' <ErrorResponse>). AWS JSON 1.1 protocol,
// "Operation error serialization"; AWS query protocol, "Error serialization".
[[nodiscard]] ServiceError ReadServiceError(const http::Response& response);

// What to do about it; decided by code first, for ECS throttles with status 400 and EC2 with 503.
[[nodiscard]] support::ErrorKind KindOf(const ServiceError& error, const http::Response& response);

// The error of a call that `response` refused, `error` being read out of it, for an operator: one
// line such as "ECS ListTasks: AccessDeniedException: ...; grant ...". The service's own text is
// cut, so secrets in it must have been hidden before. `permission` is the IAM action that the call
// needs.
[[nodiscard]] support::Error MakeError(std::string_view call, std::string_view permission,
                                       const ServiceError& error, const http::Response& response);

}  // namespace ecsd::aws
