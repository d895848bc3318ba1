#include "server/page_sections.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/reason.h"
#include "server/html.h"
#include "server/list_query.h"
#include "server/live_figures.h"
#include "server/snapshot.h"
#include "server/time_text.h"

namespace ecsd::server {
namespace {

constexpr std::string_view kNothingYet = R"(<p class="empty">Nothing has been read yet.</p>)";

std::size_t StaleClusters(const Snapshot& snapshot) {
  return static_cast<std::size_t>(std::ranges::count_if(
      snapshot.clusters, [](const auto& each) { return each.stale_since.has_value(); }));
}

// A state as a colour and a sentence.
std::string StateHtml(const Snapshot& snapshot) {
  std::string_view state = "good";
  std::string text = "Everything was read in the last refresh.";
  if (!snapshot.ready()) {
    state = snapshot.error.empty() ? "wait" : "bad";
    text = "There has been no good discovery yet; nothing is served.";
  } else if (!snapshot.error.empty()) {
    state = "warn";
    const auto stale = StaleClusters(snapshot);
    text = stale == 0 ? std::string("The last refresh failed; what was known is served.")
                      : fmt::format(
                            "{} of {} clusters could not be read; their last targets are "
                            "kept.",
                            stale, snapshot.clusters.size());
  }
  if (snapshot.tallies.held_back_targets > 0) {
    state = "warn";
    text += fmt::format(" {} targets that seem lost are held back.",
                        snapshot.tallies.held_back_targets);
  }
  auto error = snapshot.error.empty()
                   ? std::string()
                   : fmt::format(R"(<p class="error">{}</p>)", Escaped(snapshot.error));
  for (const auto& warning : snapshot.warnings) {
    if (state == "good") state = "warn";
    error += fmt::format(R"(<p class="error">{}</p>)", Escaped(warning));
  }
  return fmt::format(R"(<div class="state {}"><p><strong>{}</strong></p>{}</div>)", state, text,
                     error);
}

std::string TileHtml(std::string_view name, std::string_view value, std::string_view note) {
  return fmt::format(R"(<div class="tile"><dt>{}</dt><dd>{}</dd><dd class="note">{}</dd></div>)",
                     name, value, note);
}

std::uint64_t AllCalls(const LiveFigures& live) {
  std::uint64_t calls = 0;
  for (const auto& action : live.actions) calls += action.calls;
  return calls;
}

std::string ClusterRow(const ClusterStatus& cluster, support::SystemTime now) {
  const bool fresh = !cluster.stale_since;
  const auto age = cluster.last_success ? TimeHtml(*cluster.last_success, now) : "never";
  const auto since = fresh
                         ? std::string()
                         : fmt::format(R"(<p class="error">stale since {}: {}</p>)",
                                       TimeHtml(*cluster.stale_since, now), Escaped(cluster.error));
  return fmt::format(
      R"(<tr><th scope="row"><a href="{}#containers" title="{}">{}</a>{}</th>)"
      R"(<td data-th="State"><span class="dot {}">{}</span></td><td data-th="Read">{}</td>)"
      R"(<td class="number" data-th="Tasks">{}</td><td class="number" data-th="Targets">{}</td>)"
      R"(<td class="number" data-th="Not targets">{}</td></tr>)",
      Escaped(ToUrl({.cluster = cluster.name})), Escaped(cluster.arn), Escaped(cluster.name), since,
      fresh ? "good" : "warn", fresh ? "fresh" : "stale", age, cluster.tasks, cluster.targets,
      cluster.skipped);
}

// What a reason means, in words for a person who has not read the documentation.
std::string_view MeaningOf(core::Reason reason) {
  switch (reason) {
    case core::Reason::kTaskNotRunning:
      return "The task is starting or stopping.";
    case core::Reason::kContainerStopped:
      return "The container has stopped.";
    case core::Reason::kDefinitionUnavailable:
      return "The task definition cannot be read.";
    case core::Reason::kNoDefinition:
      return "AWS put the container into the task.";
    case core::Reason::kNoPortLabel:
      return "The container has no docker label with a port.";
    case core::Reason::kNoDynamicLabel:
      return "The container has no docker label that asks for its port.";
    case core::Reason::kFiltered:
      return "The filter of the configuration leaves it out.";
    case core::Reason::kInvalidPort:
      return "The docker label is no port.";
    case core::Reason::kNoNetwork:
      return "The network mode allows no connections.";
    case core::Reason::kNoAddress:
      return "The task has no address yet.";
    case core::Reason::kNoInstanceAddress:
      return "The address of its instance is not known.";
    case core::Reason::kNoBinding:
      return "The port is not bound to a port of the instance.";
    case core::Reason::kAmbiguousBinding:
      return "More than one port could be meant.";
  }
  return "";
}

std::string SizeText(std::uint64_t bytes) {
  const double kilobytes = static_cast<double>(bytes) / 1000;
  if (bytes == 0) return "0";
  return kilobytes < 1000 ? fmt::format("{:.1f} kB", kilobytes)
                          : fmt::format("{:.1f} MB", kilobytes / 1000);
}

std::string ActionRow(const ActionFigures& action) {
  std::uint64_t failed = 0;
  for (const auto& failures : action.failures) failed += failures.count;
  return fmt::format(
      R"(<tr><th scope="row"><code>{}</code></th><td class="number" data-th="Calls">{}</td>)"
      R"(<td class="number" data-th="Failed">{}</td><td class="number" data-th="Throttled">{}</td>)"
      R"(<td class="number" data-th="Repeated">{}</td><td class="number" data-th="Received">{}</td></tr>)",
      Escaped(action.action), action.calls, failed, action.throttles, action.retries,
      SizeText(action.bytes));
}

std::string BudgetHtml(const LiveFigures& live) {
  if (live.buckets.empty()) return "";
  std::string html =
      R"(<div class="scroll"><table><caption>Budget by token bucket of AWS</caption><thead><tr>)"
      R"(<th scope="col">Bucket</th><th scope="col" class="number">Calls at once</th>)"
      R"(<th scope="col" class="number">Calls a second</th>)"
      R"(<th scope="col" class="number">Waited</th></tr></thead><tbody>)";
  for (const auto& bucket : live.buckets) {
    html += fmt::format(
        R"(<tr><th scope="row"><code>{}</code></th><td class="number" data-th="Calls at once">{:.0f})"
        R"(</td><td class="number" data-th="Calls a second">{:.1f}</td>)"
        R"(<td class="number" data-th="Waited">{:.1f} s</td></tr>)",
        Escaped(bucket.bucket), bucket.tokens, bucket.rate, bucket.waited_seconds);
  }
  return html + "</tbody></table></div>";
}

std::pair<std::string_view, std::string_view> NameOf(EventKind kind) {
  switch (kind) {
    case EventKind::kStale:
      return {"stale", "warn"};
    case EventKind::kRecovered:
      return {"recovered", "good"};
    case EventKind::kGone:
      return {"gone", "soft"};
    case EventKind::kHeldBack:
      return {"held back", "warn"};
    case EventKind::kThrottled:
      return {"throttled", "warn"};
    case EventKind::kDoubtful:
      return {"doubtful", "warn"};
    case EventKind::kFailed:
      break;
  }
  return {"failed", "bad"};
}

}  // namespace

std::string SummaryHtml(const PageInput& input) {
  const auto& snapshot = input.snapshot;
  const auto& tallies = snapshot.tallies;
  const auto refreshed =
      snapshot.refreshed ? TimeHtml(*snapshot.refreshed, input.now) : std::string("never");
  const auto fresh = snapshot.clusters.size() - StaleClusters(snapshot);
  return StateHtml(snapshot) + R"(<dl class="tiles">)" +
         TileHtml("Targets", std::to_string(snapshot.target_count()),
                  fmt::format("of {} tasks", snapshot.tasks)) +
         TileHtml("Not targets", std::to_string(snapshot.skipped_count()), "containers") +
         TileHtml("Clusters", std::to_string(snapshot.clusters.size()),
                  fmt::format("{} fresh", fresh)) +
         TileHtml("Last refresh", refreshed,
                  fmt::format("{} done, {} failed", tallies.refreshes, tallies.failed)) +
         TileHtml("API calls", std::to_string(AllCalls(input.live)),
                  "started " + TimeHtml(snapshot.started, input.now)) +
         "</dl>";
}

std::string ClustersHtml(const PageInput& input) {
  if (input.snapshot.clusters.empty()) {
    return input.snapshot.ready() ? R"(<p class="empty">There is no ECS cluster.</p>)"
                                  : std::string(kNothingYet);
  }
  std::string html =
      R"(<div class="scroll"><table><caption class="hidden">Clusters</caption><thead><tr>)"
      R"(<th scope="col">Cluster</th><th scope="col">State</th><th scope="col">Read</th>)"
      R"(<th scope="col" class="number">Tasks</th><th scope="col" class="number">Targets</th>)"
      R"(<th scope="col" class="number">Not targets</th></tr></thead><tbody>)";
  for (const auto& cluster : input.snapshot.clusters) html += ClusterRow(cluster, input.now);
  return html + "</tbody></table></div>";
}

std::string ReasonsHtml(const Snapshot& snapshot) {
  if (!snapshot.ready()) return std::string(kNothingYet);
  if (snapshot.skipped_count() == 0) return R"(<p class="empty">Every container is a target.</p>)";
  std::string html =
      R"(<div class="scroll"><table><caption class="hidden">Reasons</caption><thead><tr>)"
      R"(<th scope="col">Reason</th><th scope="col">Meaning</th>)"
      R"(<th scope="col" class="number">Containers</th></tr></thead><tbody>)";
  for (std::size_t i = 0; i < core::kReasonCount; ++i) {
    if (snapshot.reasons.at(i) == 0) continue;
    const auto reason = static_cast<core::Reason>(i);
    html += fmt::format(
        R"(<tr><th scope="row"><a href="{}#containers">{}</a></th><td data-th="Meaning">{}</td>)"
        R"(<td class="number" data-th="Containers">{}</td></tr>)",
        Escaped(ToUrl({.show = ListQuery::Show::kSkipped, .reason = reason})),
        core::ReasonName(reason), MeaningOf(reason), snapshot.reasons.at(i));
  }
  return html + "</tbody></table></div>";
}

std::string CallsHtml(const PageInput& input) {
  if (input.live.actions.empty()) return R"(<p class="empty">No call has been made yet.</p>)";
  std::string html =
      R"(<div class="scroll"><table><caption>Calls since the start</caption><thead><tr>)"
      R"(<th scope="col">Action</th><th scope="col" class="number">Calls</th>)"
      R"(<th scope="col" class="number">Failed</th><th scope="col" class="number">Throttled</th>)"
      R"(<th scope="col" class="number">Repeated</th><th scope="col" class="number">Received</th>)"
      R"(</tr></thead><tbody>)";
  for (const auto& action : input.live.actions) html += ActionRow(action);
  return html + "</tbody></table></div>" + BudgetHtml(input.live);
}

std::string EventsHtml(const PageInput& input) {
  if (input.snapshot.events.empty()) {
    return R"(<p class="empty">Nothing out of the ordinary since the start.</p>)";
  }
  std::string html = R"(<ol class="events">)";
  for (const auto& event : input.snapshot.events) {
    const auto [name, state] = NameOf(event.kind);
    html += fmt::format(R"(<li>{} <span class="dot {}">{}</span> <strong>{}</strong> {}</li>)",
                        TimeHtml(event.at, input.now), state, name, Escaped(event.subject),
                        Escaped(event.text));
  }
  return html + "</ol>";
}

}  // namespace ecsd::server
