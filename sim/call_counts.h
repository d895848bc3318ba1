#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::sim {

// How often each action was called. Any thread may call it.
class CallCounts {
 public:
  using Numbers = std::map<std::string, std::uint64_t, std::less<>>;

  void Add(std::string_view action) ECSD_EXCLUDES(mutex_);
  [[nodiscard]] Numbers Read() const ECSD_EXCLUDES(mutex_);
  void Reset() ECSD_EXCLUDES(mutex_);

 private:
  mutable support::Mutex mutex_;
  Numbers numbers_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::sim
