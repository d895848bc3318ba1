#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "sim/answer.h"
#include "sim/credential_call.h"
#include "sim/http_request.h"

namespace ecsd::sim {

// The two agents that hand a role's keys to a container: that of ECS at `/v2/credentials/ID` (any
// id) and that of EKS Pod Identity at `/v1/credentials`.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
[[nodiscard]] bool IsContainerPath(std::string_view path);

// `ContainerCredentials` or `PodIdentityCredentials`.
[[nodiscard]] std::string_view ContainerAction(const HttpRequest& request);

// 401 when the Authorization header is not the token set for the kind; for Pod Identity there must
// be one in any case.
[[nodiscard]] tl::expected<void, ApiError> AdmitToContainer(const CredentialCall& call,
                                                            std::string_view action);

[[nodiscard]] ApiResult CallContainer(const CredentialCall& call, std::string_view action);

}  // namespace ecsd::sim
