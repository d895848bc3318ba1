#pragma once

#include <optional>
#include <string>

namespace ecsd::core {

// `-config.filter-label NAME[=VALUE]`: the docker label must be there, and have `value` if one is
// given.
struct LabelFilter {
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const LabelFilter&, const LabelFilter&) = default;
};

// Which containers become targets, and which docker labels say how. The defaults are those of the
// flags.
struct Selection {
  std::string port_label = "PROMETHEUS_EXPORTER_PORT";
  std::string path_label = "PROMETHEUS_EXPORTER_PATH";
  std::string scheme_label = "PROMETHEUS_EXPORTER_SCHEME";
  std::string server_name_label = "PROMETHEUS_EXPORTER_SERVER_NAME";
  std::string job_name_label = "PROMETHEUS_EXPORTER_JOB_NAME";
  std::optional<LabelFilter> filter;
  bool dynamic_port_detection = false;
};

}  // namespace ecsd::core
