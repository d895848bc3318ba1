#include "server/stuck_connections.h"

#include <sys/socket.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "support/mutex.h"

namespace ecsd::server {

StuckConnections::StuckConnections(std::chrono::nanoseconds patience)
    : patience_(patience), watch_([this](const std::stop_token& stop) { Watch(stop); }) {}

void StuckConnections::Begin(int socket) {
  const support::MutexLock lock(mutex_);
  since_[socket] = std::chrono::steady_clock::now();
}

void StuckConnections::End(int socket) {
  const support::MutexLock lock(mutex_);
  since_.erase(socket);
}

void StuckConnections::Watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    wake.wait_for(lock, stop, patience_ / 4, [] { return false; });
    EndStuck(std::chrono::steady_clock::now());
  }
}

// The socket stays open, so that its number stays taken: its owner closes it when it finds the end.
void StuckConnections::EndStuck(Time now) {
  const support::MutexLock lock(mutex_);
  for (const auto& [socket, since] : since_) {
    if (now - since > patience_) shutdown(socket, SHUT_RDWR);
  }
}

}  // namespace ecsd::server
