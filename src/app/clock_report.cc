#include "app/clock_report.h"

#include <chrono>
#include <optional>

#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::app {
namespace {

constexpr std::chrono::seconds kOff = std::chrono::minutes(1);
// Well below, so that a clock on the edge is no news again and again.
constexpr std::chrono::seconds kRight{30};

}  // namespace

void ClockReport::Look(std::optional<std::chrono::seconds> ahead) {
  if (!ahead) return;
  const auto off = std::chrono::abs(*ahead);
  is_wrong_ = is_wrong_ ? off > kRight : off >= kOff;
  if (!is_wrong_) {
    if (wrong_.Ended()) log_.Info("the local clock is right again");
    return;
  }
  const bool behind = ahead->count() < 0;
  if (const auto episode = wrong_.Met(behind ? "behind" : "ahead")) {
    log_.Write(
        telemetry::LogLevel::kWarn,
        "the local clock is wrong; set it, for AWS refuses calls from five minutes on",
        episode->With({{"seconds", off.count()}, {"direction", behind ? "behind" : "ahead"}}));
  }
}

}  // namespace ecsd::app
