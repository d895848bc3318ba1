#pragma once

#include <cstddef>

#include "discovery/source.h"
#include "telemetry/log.h"

namespace ecsd::app {

// What the lines about an event say besides the event.
struct EventContext {
  std::size_t clusters = 0;  // that the refresh was to read
  bool ends_early = false;   // the process ends before refreshes can agree on a loss
};

// Logs `event` in one line.
void ReportEvent(const discovery::Event& event, const EventContext& run, const telemetry::Log& log);

}  // namespace ecsd::app
