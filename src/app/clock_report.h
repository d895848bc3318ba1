#pragma once

#include <chrono>
#include <optional>

#include "support/clock.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::app {

// Logs when the local clock is a minute or more off AWS', and again every 15 minutes until it is
// right: AWS refuses what is signed five minutes off (IAM User Guide, "Troubleshoot Signature
// Version 4").
class ClockReport {
 public:
  // `clock` and `log` must outlive it.
  ClockReport(const support::Clock& clock, const telemetry::Log& log) : log_(log), wrong_(clock) {}

  // Takes in how far the local clock is ahead; nothing: not known.
  void Look(std::optional<std::chrono::seconds> ahead);

 private:
  const telemetry::Log& log_;
  telemetry::Reminder wrong_;
  bool is_wrong_ = false;
};

}  // namespace ecsd::app
