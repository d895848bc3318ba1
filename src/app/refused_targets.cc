#include "app/refused_targets.h"

#include <fmt/core.h>

#include <string>
#include <utility>

#include "core/prometheus_check.h"
#include "core/target.h"
#include "discovery/fleet_snapshot.h"
#include "telemetry/log.h"

namespace ecsd::app {

RefusedTargets FindRefused(const discovery::FleetSnapshot& fleet) {
  RefusedTargets refused;
  fleet.ForEachTarget([&](const core::Target& target) {
    if (const auto refusal = core::WhyPrometheusRefuses(target)) {
      ++refused.count;
      refused.reasons.insert(fmt::format("{} {}: {}", target.labels.Get(core::kTaskNameLabel),
                                         target.labels.Get(core::kContainerNameLabel),
                                         refusal->why));
    }
    return true;
  });
  return refused;
}

void RefusedReport::Look(const discovery::FleetSnapshot& fleet) {
  if (std::exchange(version_, fleet.targets_version()) == fleet.targets_version()) return;
  auto now = FindRefused(fleet);
  const bool same = now.reasons == known_.reasons;
  known_ = std::move(now);
  if (same) return;
  if (known_.reasons.empty()) {
    log_.Info("Prometheus refuses none of the targets any more");
    return;
  }
  log_.Warn("Prometheus will refuse targets; correct the docker labels that explain names",
            {{"targets", known_.count},
             {"reasons", known_.reasons.size()},
             {"first", *known_.reasons.begin()}});
}

}  // namespace ecsd::app
