#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "discovery/progress.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::app {

// "reading: 3 of 12 clusters, 4,200 tasks", at most `width` bytes of it.
[[nodiscard]] std::string ProgressText(const discovery::Progress& progress, std::size_t width);

// Shows on one line of the terminal, while it lives, how far a reading is, and nothing where
// standard error is no terminal. The line is replaced in place a few times a second, and removed at
// the end. Used by one thread.
class ProgressLine {
 public:
  ProgressLine(const telemetry::Log& log, const support::Clock& clock);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  void Show(const discovery::Progress& progress);

 private:
  const telemetry::Log& log_;
  const support::Clock& clock_;
  const bool on_terminal_;
  std::optional<support::SteadyTime> shown_;
};

}  // namespace ecsd::app
