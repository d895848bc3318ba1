#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/call_buckets.h"
#include "sim/call_counts.h"
#include "sim/churn.h"
#include "sim/credential_endpoints.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/paging.h"
#include "sim/sts_api.h"

namespace ecsd::sim {

struct ServiceRules {
  PagingRules paging;
  std::optional<std::chrono::seconds> session_lifetime;  // of all temporary keys
  ExternalIds external_ids;
  bool published_limits = false;     // AWS's token buckets are in force
  std::size_t limits_percent = 100;  // so much of them
};

// The simulated AWS endpoint: finds the service a request addresses, verifies its signature (where
// the call is one that is signed), counts it, applies the faults in force and answers. Any thread
// may call it; the references outlive it.
class Service {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  struct Parts {
    Account& account;
    KeyRing& keys;
    FaultPlan& faults;
    BearerTokens& tokens;
    Churn& churn;
  };

  Service(const Parts& parts, ServiceRules rules, const Clock& now);

  [[nodiscard]] Answer Handle(const HttpRequest& request);

  // Accepted requests per action (also those struck by a fault), refused ones as
  // `_rejected`, throttled ones (counted as accepted too) as `_throttled`.
  [[nodiscard]] CallCounts& calls() { return calls_; }
  [[nodiscard]] Account& account() { return account_; }
  [[nodiscard]] KeyRing& keys() { return keys_; }
  // Ends a key's life now. False: no such key.
  bool ExpireKey(std::string_view access_key_id) { return keys_.Expire(access_key_id, now_()); }
  [[nodiscard]] FaultPlan& faults() { return faults_; }
  [[nodiscard]] BearerTokens& tokens() { return tokens_; }
  [[nodiscard]] Churn& churn() { return churn_; }

 private:
  struct Call;

  [[nodiscard]] Answer Dispatch(const HttpRequest& request, Call& call);
  [[nodiscard]] bool IsThrottled(const Call& call);
  [[nodiscard]] ApiResult Perform(const Call& call, const std::string& body,
                                  const std::optional<Fault>& fault);

  Account& account_;
  KeyRing& keys_;
  FaultPlan& faults_;
  BearerTokens& tokens_;
  Churn& churn_;
  const ServiceRules rules_;
  const Clock now_;
  CallCounts calls_;
  CallBuckets buckets_;
  CredentialEndpoints credential_endpoints_;
};

}  // namespace ecsd::sim
