#include "sim/call_counts.h"

#include <string>
#include <string_view>

#include "support/mutex.h"

namespace ecsd::sim {

void CallCounts::Add(std::string_view action) {
  const support::MutexLock lock(mutex_);
  ++numbers_[std::string(action)];
}

CallCounts::Numbers CallCounts::Read() const {
  const support::MutexLock lock(mutex_);
  return numbers_;
}

void CallCounts::Reset() {
  const support::MutexLock lock(mutex_);
  numbers_.clear();
}

}  // namespace ecsd::sim
