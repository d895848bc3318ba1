#include "http/stall_watch.h"

#include <curl/curl.h>
#include <curl/easy.h>
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace ecsd::http {
namespace {

using std::chrono::milliseconds;

// A stop wakes a wait by itself.
constexpr milliseconds kLongestWait = std::chrono::seconds(1);

template <typename T>
T Number(CURL* easy, CURLINFO what) {
  T number{};
  curl_easy_getinfo(easy, what, &number);
  return number;
}

Progress ProgressOf(CURL* easy) {
  return {.connected = Number<curl_off_t>(easy, CURLINFO_PRETRANSFER_TIME_T) > 0,
          .sent = Number<curl_off_t>(easy, CURLINFO_SIZE_UPLOAD_T),
          .received = Number<curl_off_t>(easy, CURLINFO_SIZE_DOWNLOAD_T),
          .header_bytes = Number<long>(easy, CURLINFO_HEADER_SIZE)};
}

}  // namespace

bool StallWatch::IsStalled(CURL* easy, Time now) {
  if (longest_ <= milliseconds(0)) return false;
  const auto progress = ProgressOf(easy);
  if (!progress.connected || progress != last_) {
    last_ = progress;
    since_ = now;
  }
  stalled_ = now - since_ >= longest_;
  return stalled_;
}

milliseconds StallWatch::LongestWait(Time now) const {
  if (longest_ <= milliseconds(0)) return kLongestWait;
  const auto left = std::chrono::ceil<milliseconds>(since_ + longest_ - now);
  return std::clamp(left, milliseconds(0), kLongestWait);
}

std::string DescribeStall(milliseconds stall) {
  const double seconds = std::chrono::duration<double>(stall).count();
  return fmt::format(
      "the response stalled: no byte for {} s; check the network, the proxy and the endpoint",
      seconds);
}

}  // namespace ecsd::http
