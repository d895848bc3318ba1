#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/paging.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::sim {

struct ServiceRules {
  PagingRules paging;
  std::optional<std::chrono::seconds> session_lifetime;
};

// The simulated AWS endpoint: finds the service a request addresses, verifies its signature, counts
// it, applies the faults in force and answers. Any thread may call it; the references outlive it.
class Service {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  Service(Account& account, KeyRing& keys, FaultPlan& faults, ServiceRules rules, Clock now);

  [[nodiscard]] Answer Handle(const HttpRequest& request);

  // Accepted requests per action (also those struck by a fault), and refused ones as `_rejected`.
  [[nodiscard]] std::map<std::string, std::uint64_t> Calls() const ECSD_EXCLUDES(mutex_);
  void ResetCalls() ECSD_EXCLUDES(mutex_);

  [[nodiscard]] Account& account() { return account_; }
  [[nodiscard]] FaultPlan& faults() { return faults_; }

 private:
  struct Call;

  [[nodiscard]] Answer Dispatch(const HttpRequest& request, Call& call);
  [[nodiscard]] ApiResult Perform(const Call& call, const std::string& body,
                                  std::optional<FaultKind> twist);
  void Count(const std::string& action) ECSD_EXCLUDES(mutex_);

  Account& account_;
  KeyRing& keys_;
  FaultPlan& faults_;
  const ServiceRules rules_;
  const Clock now_;
  mutable support::Mutex mutex_;
  std::map<std::string, std::uint64_t> calls_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::sim
