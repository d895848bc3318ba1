#include "app/file_report.h"

#include <string>

#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {

using telemetry::LogLevel;

void FileReport::Failed(const support::Error& error) {
  if (const auto episode = unwritten_.Met(support::NameOf(error.kind), error.message)) {
    log_.Write(LogLevel::kError, "the output file could not be written",
               episode->With({{"error", error.message}}));
  }
}

void FileReport::Written(const std::string& other_writer) {
  if (const auto ended = unwritten_.Ended()) {
    log_.Write(LogLevel::kInfo, "the output file can be written again", ended->With({}));
  }
  if (other_writer.empty()) {
    disputed_.Ended();
  } else if (const auto episode = disputed_.Met(); episode && episode->times > 1) {
    log_.Write(LogLevel::kWarn, other_writer, episode->With({}));  // the sink has logged the first
  }
}

}  // namespace ecsd::app
