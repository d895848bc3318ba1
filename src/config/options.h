#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/selection.h"
#include "telemetry/log.h"

namespace ecsd::config {

// What the program is to do.
enum class Command : std::uint8_t {
  kDiscover,  // refresh and write the file, again and again
  kExplain,   // say for each container why it is or is not a target
  kDoctor,    // check credentials, permissions and the output path
};

// Everything the command line says, with the defaults of the flags. Plain data, built once in main.
struct Options {
  Command command = Command::kDiscover;
  std::vector<std::string> names;  // explain: what to explain; none: everything
  bool json = false;               // explain: for scripts
  bool dry_run = false;            // discover: print the file instead of writing it, once

  std::string cluster;  // name or ARN; empty: all clusters
  std::chrono::nanoseconds scrape_interval = std::chrono::minutes(1);
  std::int64_t scrape_times = 0;  // 0 or less: for ever
  std::string write_to = "ecs_file_sd.yml";
  std::string role_arn;
  core::Selection selection;

  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::nanoseconds call_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds refresh_timeout = std::chrono::minutes(5);

  telemetry::LogLevel log_level = telemetry::LogLevel::kInfo;
  telemetry::LogFormat log_format = telemetry::LogFormat::kLogfmt;
};

}  // namespace ecsd::config
