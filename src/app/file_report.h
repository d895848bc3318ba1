#pragma once

#include <string>

#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"
#include "telemetry/reminder.h"

namespace ecsd::app {

// Logs when an output file cannot be written, or another program writes it too: when that begins,
// every 15 minutes, and when it ends. Used by one thread.
class FileReport {
 public:
  // `clock` and `log` must outlive it.
  FileReport(const support::Clock& clock, const telemetry::Log& log)
      : log_(log), unwritten_(clock), disputed_(clock) {}

  void Failed(const support::Error& error);
  // `other_writer` as FileSink has it.
  void Written(const std::string& other_writer);

 private:
  const telemetry::Log& log_;
  telemetry::Reminder unwritten_;
  telemetry::Reminder disputed_;  // by another writer
};

}  // namespace ecsd::app
