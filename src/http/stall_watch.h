#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>

namespace ecsd::http {

// How far a transfer has come: changes with each byte of a body that is sent or received, and with
// each header line.
struct Progress {
  bool connected = false;
  curl_off_t sent = 0;
  curl_off_t received = 0;
  long header_bytes = 0;
  friend bool operator==(const Progress&, const Progress&) = default;
};

// Notices that a transfer makes no progress once its connection is there; before, the connect
// time-out counts. libcurl's own CURLOPT_LOW_SPEED_TIME does not see headers, counts whole seconds,
// and runs while a connection is being made. Used by one thread.
class StallWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `longest` zero: never stalled.
  explicit StallWatch(std::chrono::milliseconds longest) : longest_(longest) {}

  // Whether nothing has moved for too long at `now`.
  [[nodiscard]] bool IsStalled(CURL* easy, Time now);
  // What it found the last time.
  [[nodiscard]] bool stalled() const { return stalled_; }

  // How long to wait for the network before asking again; a second at most.
  [[nodiscard]] std::chrono::milliseconds LongestWait(Time now) const;

 private:
  const std::chrono::milliseconds longest_;
  Progress last_;
  Time since_;
  bool stalled_ = false;
};

// For an operator.
[[nodiscard]] std::string DescribeStall(std::chrono::milliseconds stall);

}  // namespace ecsd::http
