#pragma once

#include <chrono>
#include <optional>

#include "telemetry/log.h"

namespace ecsd::app {

// Says in the log when the local clock is a minute or more off AWS', once until it is right again:
// AWS refuses what is signed five minutes off (IAM User Guide, "Troubleshoot Signature Version 4").
class ClockReport {
 public:
  // `log` must outlive it.
  explicit ClockReport(const telemetry::Log& log) : log_(log) {}

  // Takes in how far the local clock is ahead; nothing: not known.
  void Look(std::optional<std::chrono::seconds> ahead);

 private:
  const telemetry::Log& log_;
  bool said_ = false;
};

}  // namespace ecsd::app
