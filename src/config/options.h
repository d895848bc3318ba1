#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/go_flags.h"
#include "core/selection.h"
#include "telemetry/log.h"

namespace ecsd::config {

// What the program is to do.
enum class Command : std::uint8_t {
  kDiscover,     // refresh and write the file, again and again
  kExplain,      // say for each container why it is or is not a target
  kDoctor,       // check credentials, permissions and the output path
  kHealthcheck,  // ask a running program whether it is healthy
};

// Everything the command line says, with the defaults of the flags. Plain data, built once in main.
struct Options {
  Command command = Command::kDiscover;
  // explain: what to explain; none: everything. healthcheck: the URL; none: the own address.
  std::vector<std::string> names;
  bool json = false;     // explain, doctor: for scripts
  bool each = false;     // explain: a row for each container
  bool skipped = false;  // explain: without targets
  bool dry_run = false;  // discover: print the file instead of writing it, once

  std::string cluster;  // name or ARN; empty: all clusters
  std::chrono::nanoseconds scrape_interval = std::chrono::minutes(1);
  std::int64_t scrape_times = 0;             // 0 or less: for ever
  std::string write_to = "ecs_file_sd.yml";  // empty: no file, targets over HTTP only
  std::string state_path;                    // empty: nothing outlives a restart
  std::string role_arn;
  core::Selection selection;

  // Each beats what the environment and the profile say; empty: not given.
  std::string aws_profile;
  std::string aws_region;
  std::string aws_endpoint_url;
  std::string external_id;        // for role_arn
  std::string role_session_name;  // for role_arn

  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::nanoseconds call_timeout = std::chrono::seconds(30);
  double rate_share = 0.5;  // of AWS' limits, after the first complete refresh
  std::chrono::nanoseconds refresh_timeout = std::chrono::minutes(5);

  std::chrono::nanoseconds rediscover_within = std::chrono::minutes(10);
  std::chrono::nanoseconds startup_grace = std::chrono::minutes(5);
  std::int64_t max_drop_percent = 50;  // 100: nothing is held back

  std::string web_listen_address;  // "HOST:PORT"; empty: no web server
  std::string web_config_file;     // empty: plain HTTP, no login
  std::string web_allowed_hosts;   // comma separated; empty: every host
  bool web_enable_lifecycle = false;
  std::chrono::nanoseconds web_unhealthy_after = std::chrono::minutes(15);  // 0: never

  telemetry::LogLevel log_level = telemetry::LogLevel::kInfo;
  telemetry::LogFormat log_format = telemetry::LogFormat::kLogfmt;

  // Flags that say what is read and were given with different values; the last one counts.
  std::vector<std::string> overridden;

  // Every flag that describes the discovery, with its value, for people; secrets are hidden.
  std::vector<FlagValue> shown;
};

}  // namespace ecsd::config
