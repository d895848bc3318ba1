#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/source.h"
#include "server/snapshot.h"
#include "telemetry/log.h"

namespace ecsd::app {

// What the words about an event depend on besides the event.
struct EventContext {
  std::size_t clusters = 0;  // that the refresh was to read
  bool ends_early = false;   // the process ends before refreshes can agree on a loss
};

// How an event is told: by a line of the log, and by an entry on the page.
struct Telling {
  telemetry::LogLevel level = telemetry::LogLevel::kWarn;
  std::string_view message;
  std::vector<telemetry::Field> fields;
  server::EventKind kind = server::EventKind::kStale;
  std::string subject;
  std::string text;
};

// The words for `event`: the one place that has them. Pure.
[[nodiscard]] Telling Tell(const discovery::Event& event, const EventContext& context);

// "clusters a, b" of ARNs with blanks between them.
[[nodiscard]] std::string NamesOf(std::string_view arns);

}  // namespace ecsd::app
