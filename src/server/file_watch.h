#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

namespace ecsd::server {

// A thread that calls `look` once a `pause` until it is destroyed: whatever files the web server
// follows are read there, so that a file that hangs holds up no request. The destructor waits for a
// look that is going on.
class FileWatch {
 public:
  explicit FileWatch(std::function<void()> look,
                     std::chrono::milliseconds pause = std::chrono::seconds(1));

 private:
  void Watch(const std::stop_token& stop) const;

  const std::function<void()> look_;
  const std::chrono::milliseconds pause_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace ecsd::server
