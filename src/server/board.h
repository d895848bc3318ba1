#pragma once

#include <memory>
#include <utility>

#include "server/snapshot.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::server {

// Where the refresh loop hangs up its last snapshot and the threads of the server look at it. Any
// thread may call.
class Board {
 public:
  explicit Board(std::shared_ptr<const Snapshot> first) : current_(std::move(first)) {}

  void Publish(std::shared_ptr<const Snapshot> snapshot) ECSD_EXCLUDES(mutex_) {
    // The old one may be large: it is freed after the lock.
    const support::MutexLock lock(mutex_);
    current_.swap(snapshot);
  }

  [[nodiscard]] std::shared_ptr<const Snapshot> Current() const ECSD_EXCLUDES(mutex_) {
    const support::MutexLock lock(mutex_);
    return current_;
  }

 private:
  mutable support::Mutex mutex_;
  std::shared_ptr<const Snapshot> current_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::server
