#include "app/clock_report.h"

#include <fmt/core.h>

#include <chrono>
#include <optional>

#include "telemetry/log.h"

namespace ecsd::app {
namespace {

constexpr std::chrono::seconds kOff = std::chrono::minutes(1);
// Well below, so that a clock on the edge is no news again and again.
constexpr std::chrono::seconds kRight{30};

}  // namespace

void ClockReport::Look(std::optional<std::chrono::seconds> ahead) {
  if (!ahead) return;
  const auto off = std::chrono::abs(*ahead);
  if (off >= kOff && !said_) {
    said_ = true;
    log_.Warn("the local clock is wrong; set it, for AWS refuses calls from five minutes on",
              {{"seconds", fmt::format("{}", off.count())},
               {"direction", ahead->count() < 0 ? "behind" : "ahead"}});
  } else if (off <= kRight && said_) {
    said_ = false;
    log_.Info("the local clock is right again");
  }
}

}  // namespace ecsd::app
