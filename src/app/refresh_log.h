#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "app/call_report.h"
#include "app/clock_report.h"
#include "app/published.h"
#include "app/refused_targets.h"
#include "app/target_changes.h"
#include "aws/call_stats.h"
#include "config/options.h"
#include "core/reason.h"
#include "discovery/source.h"
#include "discovery/source_view.h"
#include "output/file_sink.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::app {

// Logged where the account was read and has no cluster, by a refresh and by `explain`.
inline constexpr std::string_view kNoClusters =
    "AWS lists no ECS clusters; check that region and role are the right ones";

// Logs what refreshes do: one line `msg=refreshed` for each of them, and lines about what begins,
// lasts (every 15 minutes) and ends. Used by one thread.
class RefreshLog {
 public:
  // The references must outlive this object.
  RefreshLog(const config::Options& options, const support::Clock& clock,
             const telemetry::Log& log);

  // The targets of `view` have been published before the first refresh, by an earlier process.
  void BeginWith(const discovery::SourceView& view);

  void CredentialsFrom(const std::string& source);

  // What a refresh read, before its targets are written.
  struct Reading {
    const discovery::RefreshReport& report;
    const discovery::SourceView& view;
    bool last = false;        // no other refresh comes after it
    bool ends_early = false;  // see EventContext
    std::optional<std::chrono::seconds> clock_ahead;
    std::string region;
  };
  void Read(const Reading& reading);

  // How a refresh ended: its one line.
  struct Ending {
    const discovery::RefreshReport& report;
    const discovery::SourceView& view;
    Published published = Published::kWithheld;
    std::chrono::nanoseconds took{};
    const aws::CallStats& stats;
    const aws::Limiter& limiter;
  };
  void Ended(const Ending& ending);

  // How many targets Prometheus refuses, as the last refresh left them.
  [[nodiscard]] std::size_t refused_targets() const { return refused_.known().count; }

 private:
  void ReportEvents(const Reading& reading);
  void ReportUnread(const Reading& reading);
  void RemindOfStale(const Reading& reading);
  void RemindOfHeld(const Reading& reading);
  void ReportNoClusters(const Reading& reading);
  void ReportFailure(const Reading& reading);
  void ReportLacking(const discovery::SourceView& view);
  void ReportReasons(const discovery::SourceView& view);
  void Summarize(const Ending& ending);

  const config::Options& options_;
  const telemetry::Log& log_;
  std::string credential_source_;
  std::uint64_t calls_ = 0;  // until the last refresh
  CallReport call_report_;
  ClockReport clock_report_;
  RefusedReport refused_;
  TargetChanges changes_;
  std::set<std::string> unread_;               // clusters that were reported as never read
  bool published_ = false;                     // the targets, by this process
  std::optional<core::ReasonCounts> reasons_;  // as last logged
  telemetry::Reminder failing_;                // refreshes
  telemetry::Reminder stale_;                  // clusters, those that were never read too
  telemetry::Reminder empty_;                  // an account without clusters
  telemetry::Reminder held_;                   // a loss of targets
};

}  // namespace ecsd::app
