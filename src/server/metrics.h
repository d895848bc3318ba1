#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "server/identity.h"
#include "server/live_figures.h"
#include "server/process_figures.h"
#include "server/snapshot.h"

namespace ecsd::server {

// Everything that metrics are made of.
struct MetricsInput {
  const Snapshot& snapshot;
  const LiveFigures& live;
  const ProcessFigures& process;
  const Identity& identity;
  std::array<std::uint64_t, 4> http_answers{};  // by class of status: 2xx to 5xx
};

// The most clusters that have series of their own; the others share the label value "(others)".
inline constexpr std::size_t kMostLabelledClusters = 200;

// Prometheus' text format, version 0.0.4. Every metric of docs/metrics.md is in it, those without a
// value yet as a comment only. Names do not change with what happens, and the number of series is
// bounded by the number of actions, buckets, reasons and kMostLabelledClusters.
[[nodiscard]] std::string RenderMetrics(const MetricsInput& input);

}  // namespace ecsd::server
