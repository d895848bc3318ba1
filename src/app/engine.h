#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/publisher.h"
#include "app/refresh_log.h"
#include "app/service_manager.h"
#include "app/watchdog.h"
#include "aws/credentials.h"
#include "config/options.h"
#include "core/target.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/known_state.h"
#include "discovery/source.h"
#include "state/state_file.h"
#include "state/state_keeper.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace ecsd::app {

// Reads one source again and again, and hands what it knows to the publisher: a cluster when it has
// been read, the rest when the refresh ends. A failure of one source is no matter of the others.
// One thread runs it.
class Engine {
 public:
  struct Parameters {
    std::size_t number = 0;  // its place among the sources
    const config::Options& options;
    AwsAccount& account;
    Alarm& alarm;
    Publisher& publisher;
    Dashboard* dashboard = nullptr;  // asks who the caller is; null: it does not ask
    const support::Clock& clock;
    const telemetry::Log& log;
    Watchdog& watchdog;
    const ServiceManager& service;
  };

  // What `parameters` refers to must outlive this object.
  explicit Engine(const Parameters& parameters);

  // Begins with what an earlier process knew, and keeps it up to date for the next. Before Run.
  void UseState(state::StateFile::Opened state);
  [[nodiscard]] bool has_state() const { return keeper_.has_value(); }
  // The same for targets of the output file. `whole`: it was read to its end, and all of it is
  // ours.
  void Seed(std::span<const core::Target> targets, bool whole,
            std::optional<support::SystemTime> written);

  [[nodiscard]] std::shared_ptr<const discovery::SourceView> View() const { return source_.View(); }

  // Runs until `stop` is requested or `scrape_times` refreshes were made. True when stopped, or
  // when the last refresh was complete.
  bool Run(const std::stop_token& stop);

 private:
  // `last`: no other refresh comes after it, so that it is written only if everything was read.
  bool RunOnce(const std::stop_token& stop, bool last);
  [[nodiscard]] discovery::RefreshReport Refresh(const aws::Deadline& deadline);
  // Logs and publishes what a refresh read.
  void Tell(const discovery::RefreshReport& report, bool last, std::chrono::nanoseconds took,
            const std::stop_token& stop);
  // Keeps what is known for the next process. Requires: there is a state file.
  void KeepState();
  void AddHeldLoss(std::vector<state::Change>& changes);
  [[nodiscard]] bool EndsBeforeTheyAgree() const;

  const Parameters parameters_;
  discovery::Source source_;
  std::optional<state::StateKeeper> keeper_;              // with --state.path only
  std::shared_ptr<const discovery::FleetSnapshot> kept_;  // the tasks that it has; the same
  std::optional<discovery::HeldLoss> kept_loss_;          // that it has
  Alarm::Heard heard_ = 0;
  bool last_ = false;  // no other refresh comes after this one
  RefreshLog refresh_log_;
};

}  // namespace ecsd::app
