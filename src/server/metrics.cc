#include "server/metrics.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "server/live_figures.h"
#include "server/snapshot.h"
#include "server/verdict.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::string_view kPrefix = "ecs_discovery_";

double Seconds(support::SystemTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// The families as they are built up, in the order of the output.
class Families {
 public:
  void Counter(std::string_view name, std::string_view help) {
    Begin(std::string(kPrefix) + std::string(name), help, MetricType::Counter);
  }
  void Gauge(std::string_view name, std::string_view help) {
    Begin(std::string(kPrefix) + std::string(name), help, MetricType::Gauge);
  }
  void Begin(std::string name, std::string_view help, MetricType type) {
    families_.push_back(
        {.name = std::move(name), .help = std::string(help), .type = type, .metric = {}});
  }

  // A sample of the family that was begun last.
  void Add(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = value;
    metric.gauge.value = value;
    families_.back().metric.push_back(std::move(metric));
  }
  void Add(std::uint64_t value, Labels labels = {}) {
    Add(static_cast<double>(value), std::move(labels));
  }
  // Nothing: never, which has no sample.
  void AddTime(const std::optional<support::SystemTime>& time) {
    if (time) Add(Seconds(*time));
  }
  void Add(const DurationCounts& durations) {
    ClientMetric metric;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < durations.counts.size(); ++i) {
      sum += durations.counts.at(i);
      metric.histogram.bucket.push_back(
          {.cumulative_count = sum, .upper_bound = DurationCounts::kBounds.at(i)});
    }
    metric.histogram.bucket.push_back({.cumulative_count = durations.total,
                                       .upper_bound = std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = durations.total;
    metric.histogram.sample_sum = durations.seconds;
    families_.back().metric.push_back(std::move(metric));
  }

  [[nodiscard]] std::string Text() const {
    return prometheus::TextSerializer().Serialize(families_);
  }

 private:
  std::vector<MetricFamily> families_;
};

// What the series of one label value say; that of many clusters is their sum, or the oldest time.
struct ClusterFigures {
  std::string label;
  std::optional<double> last_success;  // nothing: not all of them were read yet
  bool fresh = true;
  // Nothing: none of them was read yet.
  std::optional<std::size_t> tasks;
  std::optional<std::size_t> targets;
};

void Merge(const ClusterStatus& cluster, ClusterFigures& figures) {
  if (!cluster.last_success) {
    figures.last_success.reset();
  } else if (figures.last_success) {
    figures.last_success = std::min(*figures.last_success, Seconds(*cluster.last_success));
  }
  figures.fresh = figures.fresh && !cluster.stale_since;
  if (NeverRead(cluster)) return;
  figures.tasks = figures.tasks.value_or(0) + cluster.tasks;
  figures.targets = figures.targets.value_or(0) + cluster.targets;
}

// Label values are names, and ARNs where a name is there twice.
std::vector<ClusterFigures> FiguresOf(const std::vector<ClusterStatus>& clusters) {
  std::map<std::string_view, int> names;
  for (const auto& cluster : clusters) ++names[cluster.name];
  std::vector<ClusterFigures> figures;
  for (const auto& cluster : clusters) {
    if (figures.size() <= kMostLabelledClusters) {
      figures.push_back({.last_success = std::numeric_limits<double>::infinity()});
      auto& label = figures.back().label;
      label = names[cluster.name] > 1 ? cluster.arn : cluster.name;
      if (figures.size() > kMostLabelledClusters) label = "(others)";
    }
    Merge(cluster, figures.back());
  }
  return figures;
}

void AddProgram(const MetricsInput& input, Families& families) {
  families.Gauge("build_info", "Always 1; the label is the version of the program.");
  families.Add(1.0, {{"version", input.identity.version}});
  families.Gauge("aws_info", "Always 1; the labels are the region and where credentials are from.");
  families.Add(1.0, {{"region", input.identity.region},
                     {"credential_source", input.snapshot.credential_source}});
  families.Gauge("ready",
                 "Whether there has been a successful discovery since the start (1) or not (0).");
  families.Add(input.snapshot.ready() ? 1.0 : 0.0);
}

// Of the others there is a series once one has come: kCancelled and kResource end the program,
// kUnsupported and kIo end refreshes only where AWS or the system are out of order.
bool EndsRefreshes(support::ErrorKind kind) {
  return kind != support::ErrorKind::kCancelled && kind != support::ErrorKind::kUnsupported &&
         kind != support::ErrorKind::kIo && kind != support::ErrorKind::kResource;
}

void CountRefreshes(const Tallies& tallies, Families& families) {
  families.Counter("refreshes_total", "Finished refreshes from the AWS APIs.");
  families.Add(tallies.refreshes);
  families.Counter("refresh_failures_total",
                   "Refreshes that could not read everything, by the kind of their first failure.");
  for (std::size_t i = 0; i < support::kErrorKinds; ++i) {
    const auto kind = static_cast<support::ErrorKind>(i);
    if (tallies.failures.at(i) == 0 && !EndsRefreshes(kind)) continue;
    families.Add(tallies.failures.at(i), {{"kind", std::string(support::NameOf(kind))}});
  }
  families.Begin(std::string(kPrefix) + "refresh_duration_seconds", "How long refreshes took.",
                 MetricType::Histogram);
  families.Add(tallies.durations);
}

void AddRefreshes(const MetricsInput& input, Families& families) {
  families.Gauge("refresh_interval_seconds", "Time between the starts of two refreshes.");
  families.Add(std::chrono::duration<double>(input.identity.interval).count());
  CountRefreshes(input.snapshot.tallies, families);
  families.Gauge("last_refresh_timestamp_seconds",
                 "When the last refresh ended, complete or not; missing: none did yet.");
  families.AddTime(input.snapshot.refreshed);
  families.Gauge("last_complete_refresh_timestamp_seconds",
                 "When a refresh last read everything; missing: none did since the start.");
  families.AddTime(input.snapshot.last_complete);
}

void CountClusters(const Snapshot& snapshot, Families& families) {
  const auto stale = std::ranges::count_if(
      snapshot.clusters, [](const auto& each) { return each.stale_since.has_value(); });
  families.Gauge("clusters", "Known ECS clusters; missing: no refresh has ended yet.");
  if (snapshot.refreshed) families.Add(std::uint64_t{snapshot.clusters.size()});
  families.Gauge("stale_clusters",
                 "ECS clusters that the last refresh could not read completely; missing: no "
                 "refresh has ended yet.");
  if (snapshot.refreshed) families.Add(static_cast<double>(stale));
}

void AddClusters(const MetricsInput& input, Families& families) {
  CountClusters(input.snapshot, families);
  const auto figures = FiguresOf(input.snapshot.clusters);
  families.Gauge("cluster_last_success_timestamp_seconds",
                 "When the ECS cluster was last read completely; missing: never.");
  for (const auto& each : figures) {
    if (each.last_success) families.Add(*each.last_success, {{"ecs_cluster", each.label}});
  }
  families.Gauge("cluster_fresh",
                 "Whether the last refresh read the ECS cluster completely (1) or not (0).");
  for (const auto& each : figures) {
    families.Add(each.fresh ? 1.0 : 0.0, {{"ecs_cluster", each.label}});
  }
  const auto add = [&](std::string_view name, std::string_view help, auto member) {
    families.Gauge(name, help);
    for (const auto& each : figures) {
      const auto& count = each.*member;
      if (count) families.Add(std::uint64_t{*count}, {{"ecs_cluster", each.label}});
    }
  };
  add("cluster_tasks", "Running tasks of the ECS cluster; missing: it was never read.",
      &ClusterFigures::tasks);
  add("cluster_targets", "Targets of the ECS cluster; missing: it was never read.",
      &ClusterFigures::targets);
}

void AddContainers(const MetricsInput& input, Families& families) {
  const auto& snapshot = input.snapshot;
  const bool ready = snapshot.ready();
  families.Gauge("tasks", "Running tasks; missing: not ready yet.");
  if (ready) families.Add(std::uint64_t{snapshot.tasks});
  families.Gauge("targets", "Containers that are targets; missing: not ready yet.");
  if (ready) families.Add(std::uint64_t{snapshot.target_count()});
  families.Gauge("skipped_containers",
                 "Containers that are not targets, by the reason; missing: not ready yet.");
  for (std::size_t i = 0; ready && i < core::kReasonCount; ++i) {
    families.Add(std::uint64_t{snapshot.reasons.at(i)},
                 {{"reason", std::string(core::ReasonName(static_cast<core::Reason>(i)))}});
  }
  families.Gauge("held_back_targets",
                 "Targets that a refresh would drop and that are kept for now.");
  families.Add(std::uint64_t{snapshot.tallies.held_back_targets});
  families.Gauge("unknown_instances",
                 "Instances that EC2 does not know, whose ECS agent is disconnected and whose "
                 "targets are kept for now.");
  families.Add(std::uint64_t{snapshot.tallies.unknown_instances});
  families.Counter("held_back_refreshes_total", "Refreshes that held back a loss of targets.");
  families.Add(snapshot.tallies.held_back);
}

void AddFile(const MetricsInput& input, Families& families) {
  const auto& tallies = input.snapshot.tallies;
  families.Gauge("file_last_write_successful",
                 "Whether the last write of the output file was successful, or not needed (1), or "
                 "failed (0); missing: none was due yet.");
  if (tallies.last_write_good) families.Add(*tallies.last_write_good ? 1.0 : 0.0);
  families.Counter("file_writes_total", "Times the output file got new content.");
  families.Add(tallies.writes);
  families.Counter("file_unchanged_total", "Times the output file had the right content already.");
  families.Add(tallies.unchanged);
  families.Counter("file_write_failures_total", "Times the output file could not be written.");
  families.Add(tallies.write_failures);
}

void AddCalls(const MetricsInput& input, Families& families) {
  const auto& actions = input.live.actions;
  const auto add = [&](std::string_view name, std::string_view help, auto member) {
    families.Counter(name, help);
    for (const auto& each : actions) families.Add(each.*member, {{"action", each.action}});
  };
  add("api_calls_total", "Calls of the AWS APIs, each try counted.", &ActionFigures::calls);
  families.Counter("api_call_failures_total", "Calls that failed, throttled ones among them.");
  for (const auto& each : actions) {
    for (const auto& failures : each.failures) {
      families.Add(failures.count, {{"action", each.action}, {"kind", failures.kind}});
    }
  }
  add("api_throttles_total", "Calls that AWS throttled.", &ActionFigures::throttles);
  add("api_retries_total", "Calls that were made again after a failure.", &ActionFigures::retries);
  add("api_received_bytes_total", "Bytes of responses, without headers and not compressed.",
      &ActionFigures::bytes);
}

void AddBudget(const MetricsInput& input, Families& families) {
  const auto add = [&](auto member) {
    for (const auto& each : input.live.buckets) {
      families.Add(each.*member, {{"bucket", each.bucket}});
    }
  };
  families.Gauge("api_budget_tokens", "Tokens left, by token bucket of AWS' rate limits.");
  add(&BucketFigures::tokens);
  families.Gauge("api_budget_calls_per_second", "Calls a second that the program allows itself.");
  add(&BucketFigures::rate);
  families.Counter("api_budget_wait_seconds_total", "Time that calls waited for the budget.");
  add(&BucketFigures::waited_seconds);
}

void AddCaches(const MetricsInput& input, Families& families) {
  const auto& caches = input.snapshot.tallies.caches;
  const auto add = [&](auto member) {
    for (const auto& each : caches) families.Add(each.*member, {{"cache", each.name}});
  };
  families.Counter("cache_hits_total", "Cache hits: known, and not read again.");
  add(&CacheCounts::hits);
  families.Counter("cache_misses_total", "Cache misses: read from AWS.");
  add(&CacheCounts::misses);
}

void AddOutside(const MetricsInput& input, Families& families) {
  families.Gauge(
      "credentials_expiry_timestamp_seconds",
      "When the AWS credentials in use expire; missing: they do not, or there are none.");
  families.AddTime(input.snapshot.credentials_expire);
  families.Gauge("clock_ahead_seconds", "How far the local clock is ahead of that of AWS.");
  if (input.live.clock_ahead) families.Add(static_cast<double>(input.live.clock_ahead->count()));
  families.Counter("http_responses_total", "Responses of the web server, by class of status.");
  constexpr std::array<std::string_view, 4> kClasses = {"2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 0; i < kClasses.size(); ++i) {
    families.Add(input.http_answers.at(i), {{"code", std::string(kClasses.at(i))}});
  }
}

void AddProcess(const MetricsInput& input, Families& families) {
  const auto& process = input.process;
  families.Begin("process_cpu_seconds_total", "CPU time, user and system.", MetricType::Counter);
  families.Add(process.cpu_seconds);
  families.Begin("process_start_time_seconds", "When the process started.", MetricType::Gauge);
  families.Add(process.start_seconds);
  families.Begin("process_resident_memory_bytes", "Memory in use.", MetricType::Gauge);
  families.Add(process.resident_bytes);
  families.Begin("process_virtual_memory_bytes", "Address space in use.", MetricType::Gauge);
  families.Add(process.virtual_bytes);
  families.Begin("process_open_fds", "Open file descriptors.", MetricType::Gauge);
  families.Add(process.open_fds);
  families.Begin("process_max_fds", "File descriptors that may be open.", MetricType::Gauge);
  families.Add(process.max_fds);
  families.Begin("process_threads", "Threads of the process.", MetricType::Gauge);
  families.Add(process.threads);
}

}  // namespace

std::string RenderMetrics(const MetricsInput& input) {
  Families families;
  AddProgram(input, families);
  AddRefreshes(input, families);
  AddClusters(input, families);
  AddContainers(input, families);
  AddFile(input, families);
  AddCalls(input, families);
  AddBudget(input, families);
  AddCaches(input, families);
  AddOutside(input, families);
  AddProcess(input, families);
  return families.Text();
}

}  // namespace ecsd::server
