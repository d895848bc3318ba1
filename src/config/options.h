#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/selection.h"
#include "telemetry/log.h"

namespace ecsd::config {

// Everything the command line says, with the defaults of the flags. Plain data, built once in main.
struct Options {
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
