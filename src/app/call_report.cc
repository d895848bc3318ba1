#include "app/call_report.h"

#include <fmt/core.h>

#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/limiter.h"

namespace ecsd::app {

std::string CallReport::Next(const std::vector<aws::BucketView>& views) {
  std::map<std::string_view, std::uint64_t> calls;
  std::uint64_t throttled = 0;
  for (const auto& view : views) {
    calls[view.bucket] += view.calls;
    throttled += view.throttled;
  }
  std::string text;
  for (const auto& [bucket, count] : calls) {
    const auto made = count - calls_[bucket];
    if (made > 0) fmt::format_to(std::back_inserter(text), "{}={} ", bucket, made);
  }
  if (throttled > throttled_) {
    fmt::format_to(std::back_inserter(text), "throttled={} ", throttled - throttled_);
  }
  calls_ = std::move(calls);
  throttled_ = throttled;
  if (text.empty()) return "none";
  text.pop_back();
  return text;
}

}  // namespace ecsd::app
