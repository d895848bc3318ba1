#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/sigv4_verifier.h"

namespace ecsd::sim {

// The external id without which a role cannot be assumed, by its ARN.
using ExternalIds = std::map<std::string, std::string, std::less<>>;

// One call of the STS Query API by the owner of `caller`, who is nobody for what is not signed.
struct StsCall {
  const AccessKey& caller;
  std::string_view account_id;
  const std::vector<NamedText>& parameters;
  std::string_view request_id;
  std::chrono::system_clock::time_point now;
  // A fault that changes what a right answer says; other kinds are ignored here.
  std::optional<FaultKind> twist;
  // Replaces the life that the request asks for: AWS's shortest one is too long for a test.
  std::optional<std::chrono::seconds> session_lifetime;
  const ExternalIds& external_ids;
  const BearerTokens& tokens;
};

// Any well-formed role may be assumed, with its external id if it has one, by a role for an hour at
// most; the keys are added to `keys` and stop working at Expiration.
[[nodiscard]] ApiResult AssumeRole(const StsCall& call, KeyRing& keys);

// The same for anybody with the `web-identity` token. Not signed.
[[nodiscard]] ApiResult AssumeRoleWithWebIdentity(const StsCall& call, KeyRing& keys);

[[nodiscard]] ApiResult GetCallerIdentity(const StsCall& call);

}  // namespace ecsd::sim
