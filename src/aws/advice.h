#pragma once

#include <string>
#include <string_view>

#include "aws/service_error.h"
#include "http/transport.h"
#include "support/result.h"

namespace ecsd::aws {

// Whether `error` says that the signature was made for another region or service than the one that
// was called, so that neither other keys nor a repetition help. The texts are those of AWS' front
// end, which all services share: "Credential should be scoped to a valid region, not 'x'".
[[nodiscard]] bool IsWrongScope(const ServiceError& error);

// What the operator can do about a refusal of this kind, to follow the service's own text: "; grant
// ecs:ListTasks to these credentials". Names the policy that refuses, where the service does (IAM
// User Guide, "Troubleshoot access denied error messages"). Empty where nothing is known that
// helps. `permission` is the IAM action that the call needs.
[[nodiscard]] std::string AdviceFor(support::ErrorKind kind, const ServiceError& error,
                                    std::string_view permission, const http::Response& response);

// The advice about a permission that no policy grants; it ends the message of such an error.
[[nodiscard]] std::string AdviceToGrant(std::string_view permission);

}  // namespace ecsd::aws
