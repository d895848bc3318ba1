#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"

namespace ecsd::sim {

enum class FaultKind : std::uint8_t {
  kThrottle,
  kServerError,  // 500
  kUnavailable,  // 503
  kReset,
  kTruncated,
  kGarbage,
  kHtml,
  kEmptyBody,
  kWrongType,
  kHang,
  kExpired,
  kDenied,
  kBadRequest,    // 400
  kUnauthorized,  // 401
  kForbidden,     // 403
  kNotFound,      // 404
  kSlow,          // the right answer, later
  // These change what a right answer says. An answer that does not page gets a token all the same.
  kExpiring,       // keys that live only so long
  kMissing,        // described objects are not there; a listing lacks the first item of the page
  kEmptyPage,      // a page without items that has a token
  kEmptyList,      // a whole answer without items (and without failures)
  kDuplicateItem,  // the page's first item comes twice
  kRepeatedToken,  // a listing that never moves on
  // These are lies (see lies.h): well-formed, but not about what was asked for, or at odds with
  // themselves or with what was described before.
  kOtherItem,
  kOtherCluster,
  kWrongParent,
  kConflictingTwins,
  kNoStatus,
  kUnknownStatus,
  kNoContainers,
  kNoNames,
  kStale,
  kWildVersion,
  kLess,
  kOtherValues,
  kNoVersion,
  kNoAddress,
  kDeadState,
};

struct Fault {
  std::string action;  // an operation, or `*`
  std::string name;    // only calls that name this cluster, or task definition family; empty: all
  FaultKind kind = FaultKind::kThrottle;
  std::chrono::milliseconds duration{0};  // of kSlow and kExpiring, else zero
  std::optional<unsigned int> remaining;  // nothing: for ever
  friend bool operator==(const Fault& fault, FaultKind kind) { return fault.kind == kind; }
};

// Reads ACTION[@NAME]:KIND[=DURATION][:COUNT]; `slow` and `expiring` need a duration and no other
// has one. Fails with kConfig, naming what is wrong.
[[nodiscard]] support::Result<Fault> ParseFault(std::string_view text);

// The names ParseFault knows, joined by ", ".
[[nodiscard]] std::string FaultNames();

// The faults in force. Any thread may call it.
class FaultPlan {
 public:
  using Names = std::function<bool(std::string_view name)>;

  void Replace(std::vector<Fault> faults) ECSD_EXCLUDES(mutex_);
  // The first fault in force for a call of `action`; it is used up by one. `names` says whether the
  // call names a cluster or family.
  [[nodiscard]] std::optional<Fault> Take(std::string_view action, const Names& names)
      ECSD_EXCLUDES(mutex_);

 private:
  support::Mutex mutex_;
  std::vector<Fault> faults_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::sim
