#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::aws {

// STS' calls as bytes (AWS query protocol, version 2011-06-15). Pure.

// A session of a role to ask for.
struct RoleRequest {
  std::string arn;
  std::string session_name;                      // what CloudTrail shows
  std::string external_id;                       // empty: none
  std::optional<std::chrono::seconds> duration;  // nothing: an hour, STS' default
  friend bool operator==(const RoleRequest&, const RoleRequest&) = default;
};

// What a session is called where nobody names it.
inline constexpr std::string_view kDefaultSessionName = "prometheus-ecs-discovery";

[[nodiscard]] std::string EncodeAssumeRole(const RoleRequest& request);

// The credentials in an AssumeRoleResponse. kMalformed when one of its parts is missing; never
// quotes the body, which holds secrets.
[[nodiscard]] support::Result<Credentials> DecodeAssumeRole(const std::string& body);

// The same, asked for with the token of an identity provider instead of credentials.
[[nodiscard]] std::string EncodeAssumeRoleWithWebIdentity(const RoleRequest& request,
                                                          const support::Secret& token);
[[nodiscard]] support::Result<Credentials> DecodeAssumeRoleWithWebIdentity(const std::string& body);

[[nodiscard]] std::string EncodeGetCallerIdentity();

// The ARN in a GetCallerIdentityResponse. kMalformed when there is none.
[[nodiscard]] support::Result<std::string> DecodeGetCallerIdentity(const std::string& body);

}  // namespace ecsd::aws
