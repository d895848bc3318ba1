#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/answer.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/sigv4_verifier.h"

namespace ecsd::sim {

// One call of the STS Query API by the owner of `caller`.
struct StsCall {
  const AccessKey& caller;
  std::string_view account_id;
  const std::vector<NamedText>& parameters;
  std::string_view request_id;
  std::chrono::system_clock::time_point now;
  // Replaces the life that the request asks for: AWS's shortest one is too long for a test.
  std::optional<std::chrono::seconds> session_lifetime;
};

// Any well-formed role may be assumed; the keys are added to `keys` and stop working at Expiration.
[[nodiscard]] ApiResult AssumeRole(const StsCall& call, KeyRing& keys);

[[nodiscard]] ApiResult GetCallerIdentity(const StsCall& call);

}  // namespace ecsd::sim
