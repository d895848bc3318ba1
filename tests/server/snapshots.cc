#include "server/snapshots.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/explain.h"
#include "core/reason.h"
#include "core/render.h"
#include "core/target.h"
#include "server/containers.h"
#include "server/document.h"
#include "server/response.h"
#include "server/snapshot.h"
#include "support/clock.h"
#include "support/pieces.h"
#include "support/result.h"

namespace ecsd::server {
namespace {

constexpr support::SystemTime kStart{std::chrono::days(20'000)};
const std::string kArn = "arn:aws:ecs:eu-west-1:123456789012:";

}  // namespace

Snapshot EmptySnapshot() {
  Snapshot snapshot;
  snapshot.started = kStart;
  return snapshot;
}

void PlainContainers::ForEachTarget(std::string_view cluster,
                                    const std::function<bool(const core::Target&)>& each) const {
  for (const auto& target : targets) {
    if ((cluster.empty() || core::ShortName(target.labels.Get("cluster_arn")) == cluster) &&
        !each(target))
      return;
  }
}

void PlainContainers::ForEachSkipped(
    std::string_view cluster, const std::function<bool(const SkippedContainer&)>& each) const {
  for (const auto& container : skipped) {
    if ((cluster.empty() || container.cluster == cluster) && !each(container)) return;
  }
}

PlainContainers GoodContainers() {
  PlainContainers containers;
  containers.targets = {{.address = "10.0.0.5:9102",
                         .labels = {{"task_arn", kArn + "task/prod/aaa"},
                                    {"task_name", "web"},
                                    {"job", "<script>alert(1)</script>"},
                                    {"task_revision", "7"},
                                    {"task_group", "service:web"},
                                    {"cluster_arn", kArn + "cluster/prod"},
                                    {"container_name", "app"},
                                    {"container_arn", kArn + "container/prod/aaa/1"},
                                    {"docker_image", "web:7"}}}};
  containers.skipped = {{.cluster = "prod",
                         .service = "db",
                         .family = "db:3",
                         .task = "bbb",
                         .container = "side\"car",
                         .reason = core::Reason::kNoBinding,
                         .detail = "label says 9090; bindings map 8080->32768",
                         .about = nullptr,
                         .rules = nullptr}};
  containers.facts = {.mode = "bridge",
                      .label = "PROMETHEUS_EXPORTER_PORT=<9090>",
                      .bindings = "8080->32768/tcp on 0.0.0.0",
                      .mappings = {},
                      .change = "map the port"};
  return containers;
}

Snapshot GoodSnapshot() {
  using std::chrono::minutes;
  Snapshot snapshot = EmptySnapshot();
  snapshot.refreshed = kStart + minutes(10);
  snapshot.error = "ECS ListTasks: no answer";
  snapshot.clusters = {{.arn = kArn + "cluster/prod",
                        .name = "prod",
                        .last_success = kStart + minutes(10),
                        .tasks = 2,
                        .targets = 1,
                        .skipped = 1},
                       {.arn = kArn + "cluster/test",
                        .name = "test",
                        .last_success = kStart + minutes(4),
                        .stale_since = kStart + minutes(5),
                        .error = "ECS ListTasks: no answer"}};
  snapshot.tasks = 2;
  const auto containers = std::make_shared<const PlainContainers>(GoodContainers());
  snapshot.containers = containers;
  snapshot.reasons.at(static_cast<std::size_t>(core::Reason::kNoBinding)) = 1;
  snapshot.events = {{.at = kStart + minutes(5),
                      .kind = EventKind::kStale,
                      .subject = "cluster test",
                      .text = "ECS ListTasks: no answer"}};
  snapshot.tallies.refreshes = 10;
  snapshot.tallies.failed = 1;
  snapshot.tallies.failures.at(static_cast<std::size_t>(support::ErrorKind::kTimeout)) = 1;
  snapshot.tallies.last_write_good = true;
  snapshot.tallies.durations.Add(0.3);
  snapshot.tallies.durations.Add(1000);
  const auto json = core::RenderJson(containers->targets);
  snapshot.targets_document =
      std::make_shared<const Document>("application/json", support::PiecesOf(json));
  return snapshot;
}

std::string HeaderOf(const Response& response, std::string_view name) {
  for (const auto& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return "(none)";
}

std::string BodyOf(const Response& response) {
  return response.body == nullptr ? "" : *response.body;
}

}  // namespace ecsd::server
