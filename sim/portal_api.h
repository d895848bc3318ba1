#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "sim/answer.h"
#include "sim/credential_call.h"

namespace ecsd::sim {

// The access portal of IAM Identity Center, of which it knows GetRoleCredentials:
// https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
[[nodiscard]] bool IsPortalPath(std::string_view path);

// UnauthorizedException without the token of the `sso` kind.
[[nodiscard]] tl::expected<void, ApiError> AdmitToPortal(const CredentialCall& call);

// ForbiddenException for another account than the simulated one; any role is there.
[[nodiscard]] ApiResult GetRoleCredentials(const CredentialCall& call);

}  // namespace ecsd::sim
