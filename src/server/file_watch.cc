#include "server/file_watch.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <utility>

namespace ecsd::server {

FileWatch::FileWatch(std::function<void()> look, std::chrono::milliseconds pause)
    : look_(std::move(look)),
      pause_(pause),
      thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

void FileWatch::Watch(const std::stop_token& stop) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    wake.wait_for(lock, stop, pause_, [] { return false; });
    if (!stop.stop_requested()) look_();
  }
}

}  // namespace ecsd::server
