#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "discovery/fleet_snapshot.h"
#include "telemetry/log.h"

namespace ecsd::app {

// The targets that Prometheus never scrapes, all together.
struct RefusedTargets {
  std::size_t count = 0;
  // By family, container and reason, for tasks come and go: "web app: address ... contains ...".
  std::set<std::string> reasons;
  friend bool operator==(const RefusedTargets&, const RefusedTargets&) = default;
};

// Those of `fleet`, of which every target is looked at.
[[nodiscard]] RefusedTargets FindRefused(const discovery::FleetSnapshot& fleet);

// Warns once whenever other containers are refused, or for other reasons, not at each refresh. Used
// by one thread.
class RefusedReport {
 public:
  // `log` must outlive this object.
  explicit RefusedReport(const telemetry::Log& log) : log_(log) {}

  // Looks at the targets if they changed since the last time.
  void Look(const discovery::FleetSnapshot& fleet);

  [[nodiscard]] const RefusedTargets& known() const { return known_; }

 private:
  const telemetry::Log& log_;
  RefusedTargets known_;
  std::optional<std::size_t> version_;  // of the targets that were looked at
};

}  // namespace ecsd::app
