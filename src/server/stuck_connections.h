#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::server {

// Ends connections that have been open for longer than `patience` without a whole request and its
// answer, whatever they send in the meantime: a client that sends a byte now and then would hold
// its place for ever otherwise. The time starts anew with each answer. Any thread may call.
class StuckConnections {
 public:
  explicit StuckConnections(std::chrono::nanoseconds patience);

  // The connection of this socket was opened, or has got an answer.
  void Begin(int socket) ECSD_EXCLUDES(mutex_);
  // The socket is about to be closed.
  void End(int socket) ECSD_EXCLUDES(mutex_);

 private:
  using Time = std::chrono::steady_clock::time_point;
  void Watch(const std::stop_token& stop);
  void EndStuck(Time now) ECSD_EXCLUDES(mutex_);

  const std::chrono::nanoseconds patience_;
  support::Mutex mutex_;
  std::map<int, Time> since_ ECSD_GUARDED_BY(mutex_);
  std::jthread watch_;  // last: it uses the others
};

}  // namespace ecsd::server
