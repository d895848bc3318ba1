#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "support/result.h"

namespace ecsd::aws {

// STS' AssumeRole and GetCallerIdentity as bytes (AWS query protocol, version 2011-06-15). Pure.

[[nodiscard]] std::string EncodeAssumeRole(std::string_view role_arn,
                                           std::string_view session_name);

// The credentials in an AssumeRoleResponse. kMalformed when one of its parts is missing; never
// quotes the body, which holds secrets.
[[nodiscard]] support::Result<Credentials> DecodeAssumeRole(const std::string& body);

[[nodiscard]] std::string EncodeGetCallerIdentity();

// The ARN in a GetCallerIdentityResponse. kMalformed when there is none.
[[nodiscard]] support::Result<std::string> DecodeGetCallerIdentity(const std::string& body);

}  // namespace ecsd::aws
