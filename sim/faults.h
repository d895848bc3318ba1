#pragma once

#include <cstdint>
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
  kMissing,        // described objects are not there
  kEmptyPage,      // a page without items that has a token
  kEmptyList,      // a whole answer without items
  kDuplicateItem,  // the page's first item comes twice
  kRepeatedToken,  // a listing that never moves on
};

struct Fault {
  std::string action;  // an operation, or `*`
  FaultKind kind = FaultKind::kThrottle;
  std::optional<unsigned int> remaining;  // nothing: for ever
};

// Reads ACTION:KIND[:COUNT]. Fails with kConfig, naming what is wrong.
[[nodiscard]] support::Result<Fault> ParseFault(std::string_view text);

// The names ParseFault knows, joined by ", ".
[[nodiscard]] std::string FaultNames();

// The faults in force. Any thread may call it.
class FaultPlan {
 public:
  void Replace(std::vector<Fault> faults) ECSD_EXCLUDES(mutex_);
  // The first fault in force for `action`; it is used up by one.
  [[nodiscard]] std::optional<FaultKind> Take(std::string_view action) ECSD_EXCLUDES(mutex_);

 private:
  support::Mutex mutex_;
  std::vector<Fault> faults_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::sim
