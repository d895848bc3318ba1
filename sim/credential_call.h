#pragma once

#include <chrono>
#include <string_view>

#include "sim/account.h"
#include "sim/bearer_tokens.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/sigv4_verifier.h"

namespace ecsd::sim {

// A request for credentials by someone who has none yet and so does not sign.
struct CredentialCall {
  const HttpRequest& request;
  const Account& account;
  KeyRing& keys;
  const BearerTokens& tokens;
  std::chrono::system_clock::time_point now;
  std::chrono::seconds lifetime;  // of the keys handed out
};

// New keys of `role`'s session `session`, with an expiration of whole seconds.
[[nodiscard]] AccessKey IssueSession(const CredentialCall& call, std::string_view role,
                                     std::string_view session);

// `arn:aws:iam::ACCOUNT:role/NAME`.
[[nodiscard]] std::string RoleArn(const CredentialCall& call, std::string_view role);

// The value of the query parameter `name`, decoded; empty without.
[[nodiscard]] std::string QueryParameter(const HttpRequest& request, std::string_view name);

}  // namespace ecsd::sim
