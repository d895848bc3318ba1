#pragma once

#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

#include "support/mutex.h"
#include "support/thread_annotations.h"
#include "telemetry/log.h"

namespace ecsd::server {

// A thread that takes connections from a listening socket, no more than `most` at a time; the
// others wait in the kernel's queue. Where the process or the system has no descriptors (or memory)
// for another one it waits for a moment, and logs that. libmicrohttpd, which could do this itself,
// tries again without a pause then, and takes a core with each of its threads.
class Acceptor {
 public:
  // Takes the socket over, whether it can serve it or not. False: it has been closed already.
  // Otherwise the connection counts until Release.
  using Add = std::function<bool(int socket, const sockaddr* address, socklen_t size)>;

  // Takes `listener` over, which must not block; nothing is taken from it before Start. `log` must
  // outlive this object.
  Acceptor(int listener, unsigned int most, Add add, const telemetry::Log& log);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor();

  // For the owner only. After Stop no connection is taken; it waits until `add` has returned.
  void Start();
  void Stop();

  // A connection has ended. Any thread may call.
  void Release() ECSD_EXCLUDES(mutex_);

 private:
  void Accept(const std::stop_token& stop);
  // Until something comes to `listener` (-1: whatever comes there), a wake-up, or the time is over.
  void Wait(int listener, int milliseconds) const;
  void Wake() const;
  void TakeOne() ECSD_EXCLUDES(mutex_);
  // There is nothing to take the next connection with: waits, and logs it once a minute.
  void Pause(int code);
  [[nodiscard]] bool HasRoom() ECSD_EXCLUDES(mutex_);

  const int listener_;
  const int wake_;  // an eventfd, written at a stop and when there is room again
  const unsigned int most_;
  const Add add_;
  const telemetry::Log& log_;
  std::optional<std::chrono::steady_clock::time_point> warned_;  // of the thread
  support::Mutex mutex_;
  unsigned int open_ ECSD_GUARDED_BY(mutex_) = 0;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace ecsd::server
