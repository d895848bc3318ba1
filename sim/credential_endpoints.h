#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/call_counts.h"
#include "sim/credential_call.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/metadata_api.h"

namespace ecsd::sim {

// Where an unsigned request for credentials goes by its path: the metadata service of an instance,
// the agents of containers, the SSO portal. Any thread may call it; the references outlive it.
class CredentialEndpoints {
 public:
  struct Parts {
    const Account& account;
    KeyRing& keys;
    FaultPlan& faults;
    CallCounts& calls;
    const BearerTokens& tokens;
    std::optional<std::chrono::seconds> lifetime;  // of all keys; nothing: as long as AWS's
    std::function<std::chrono::system_clock::time_point()> now;
  };

  explicit CredentialEndpoints(Parts parts);

  [[nodiscard]] static bool Has(std::string_view path);

  // Requires: Has(request.path).
  [[nodiscard]] Answer Handle(const HttpRequest& request);

 private:
  struct Endpoint;

  [[nodiscard]] Answer Serve(const CredentialCall& call, const Endpoint& endpoint,
                             const std::optional<Fault>& fault);

  Parts parts_;
  MetadataSessions sessions_;
};

}  // namespace ecsd::sim
