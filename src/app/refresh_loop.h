#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "config/options.h"
#include "core/reason.h"
#include "discovery/account_reader.h"
#include "discovery/account_records.h"
#include "discovery/inventory.h"
#include "discovery/refresh.h"
#include "output/file_sink.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {

// Refreshes at every interval, writes the file, and says in the log what changed. One thread runs
// it.
class RefreshLoop {
 public:
  // All references must outlive this object.
  RefreshLoop(const config::Options& options, AwsAccount& account, Alarm& alarm,
              const support::Clock& clock, const telemetry::Log& log);

  // Runs until `stop` is requested or `scrape_times` refreshes were made. True when stopped, or
  // when the last refresh was complete and the file is written.
  bool Run(const std::stop_token& stop);

 private:
  bool RunOnce(const std::stop_token& stop);
  [[nodiscard]] discovery::RefreshReport Refresh(const aws::Deadline& deadline);
  void ReportClusters(const discovery::RefreshReport& report);
  void ReportFailure(const support::Error& error, const discovery::RefreshReport& report);
  // Requires: the inventory is ready.
  bool Write(bool complete);
  void ReportReasons();

  const config::Options& options_;
  AwsAccount& account_;
  Alarm& alarm_;
  const support::Clock& clock_;
  const telemetry::Log& log_;
  discovery::AccountReader reader_;
  discovery::AccountRecords records_;
  discovery::Inventory inventory_;
  output::FileSink sink_;
  std::optional<std::string> written_;  // the bytes that the file was last given
  std::string credential_source_;
  std::optional<core::ReasonCounts> reasons_;  // as last said
};

}  // namespace ecsd::app
