#pragma once

#include <mutex>

#include "support/thread_annotations.h"

namespace ecsd::support {

// std::mutex carrying the capability attribute that Clang's thread-safety analysis needs
// (libstdc++'s own has none). Use with MutexLock.
class ECSD_CAPABILITY("mutex") Mutex {
 public:
  void lock() ECSD_ACQUIRE() { mutex_.lock(); }
  void unlock() ECSD_RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class ECSD_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ECSD_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() ECSD_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace ecsd::support
