#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/commands.h"
#include "app/dashboard.h"
#include "app/refresh_log.h"
#include "app/service_manager.h"
#include "app/watchdog.h"
#include "config/options.h"
#include "discovery/fleet.h"
#include "discovery/known_state.h"
#include "discovery/source.h"
#include "output/file_sink.h"
#include "state/state_file.h"
#include "state/state_keeper.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {

// Refreshes at every interval, writes the file, and says in the log what changed. One thread runs
// it.
class RefreshLoop {
 public:
  // What `context` refers to, and `alarm`, must outlive this object; so must `dashboard`, which is
  // told what happens. Null: there is no web server.
  RefreshLoop(const CommandContext& context, Alarm& alarm, Dashboard* dashboard);

  // Begins with what an earlier process knew, and keeps it up to date for the next. Before Run.
  void UseState(state::StateFile::Opened state);

  // Runs until `stop` is requested or `scrape_times` refreshes were made. True when stopped, or
  // when the last refresh was complete and the file is written.
  bool Run(const std::stop_token& stop);

 private:
  // The first refresh begins with the targets of the file.
  void ReadOwnFile(const std::stop_token& stop);
  // `last`: no other refresh comes after it, so that it is written only if everything was read.
  bool RunOnce(const std::stop_token& stop, bool last);
  // Writes the targets, unless too little of them is known.
  Published Publish(const discovery::RefreshReport& report, bool last, const std::stop_token& stop);
  [[nodiscard]] discovery::RefreshReport Refresh(const aws::Deadline& deadline);
  // Keeps what is known for the next process. Requires: there is a state file.
  void KeepState();
  void AddHeldLoss(std::vector<state::Change>& changes);
  [[nodiscard]] bool EndsBeforeTheyAgree() const;
  // Requires: the source may write. Without a file the targets are served only, by the dashboard.
  Published Write(bool complete, const std::stop_token& stop);

  const config::Options& options_;
  AwsAccount& account_;
  Alarm& alarm_;
  const support::Clock& clock_;
  const telemetry::Log& log_;
  Watchdog& watchdog_;
  const ServiceManager& service_;
  Dashboard* const dashboard_;
  discovery::Source source_;
  output::FileSink sink_;
  std::optional<state::StateKeeper> keeper_;              // with --state.path only
  std::shared_ptr<const discovery::FleetSnapshot> kept_;  // the tasks that it has; the same
  std::optional<discovery::HeldLoss> kept_loss_;          // that it has
  std::optional<std::size_t> written_;  // the version of the targets that the file holds
  RefreshLog refresh_log_;
};

}  // namespace ecsd::app
