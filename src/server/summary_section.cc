#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/reason.h"
#include "server/html.h"
#include "server/identity.h"
#include "server/list_query.h"
#include "server/live_figures.h"
#include "server/number_text.h"
#include "server/page.h"
#include "server/page_sections.h"
#include "server/snapshot.h"
#include "server/time_text.h"
#include "server/verdict.h"

namespace ecsd::server {
namespace {

// What stands for a number that is not known.
constexpr std::string_view kUnknown = "&ndash;";

std::string StateHtml(const Verdict& verdict) {
  std::string details;
  for (const auto& detail : verdict.details) {
    details += fmt::format(R"(<p class="detail">{}</p>)", detail);
  }
  return fmt::format(R"(<div class="state {}"><p><strong>{}</strong></p>{}</div>)",
                     NameOf(verdict.tone), verdict.headline, details);
}

struct Tile {
  std::string_view name;
  std::string value;
  std::string note;
  std::string_view tone;  // CSS class; empty: none
};

std::string TileHtml(const Tile& tile) {
  return fmt::format(
      R"(<div class="tile"><dt>{}</dt><dd class="{}">{}</dd><dd class="note">{}</dd></div>)",
      tile.name, tile.tone, tile.value, tile.note);
}

std::uint64_t AllCalls(const LiveFigures& live) {
  std::uint64_t calls = 0;
  for (const auto& action : live.actions) calls += action.calls;
  return calls;
}

std::string TargetTile(const Snapshot& snapshot) {
  if (!snapshot.ready())
    return TileHtml({.name = "Targets", .value = std::string(kUnknown), .note = "not known yet"});
  return TileHtml({.name = "Targets",
                   .value = WithSeparators(snapshot.target_count()),
                   .note = "of " + Counted(snapshot.tasks, "task")});
}

std::string RefusedTile(const Snapshot& snapshot) {
  if (snapshot.refused_targets == 0) return {};
  return TileHtml({.name = "Refused by Prometheus",
                   .value = WithSeparators(snapshot.refused_targets),
                   .note = "targets with an invalid address or scheme",
                   .tone = "warn"});
}

std::string SkippedTile(const Snapshot& snapshot) {
  if (!snapshot.ready())
    return TileHtml(
        {.name = "Skipped containers", .value = std::string(kUnknown), .note = "not known yet"});
  std::size_t urgent = 0;
  for (std::size_t i = 0; i < core::kReasonCount; ++i) {
    if (core::NeedsAction(static_cast<core::Reason>(i))) urgent += snapshot.reasons.at(i);
  }
  const auto link = Escaped(ToUrl({.show = ListQuery::Show::kSkipped, .needs_action = true}));
  const auto note = urgent == 0
                        ? std::string("none needs action")
                        : fmt::format(R"(<a class="warn" href="{}#containers">{} {} action</a>)",
                                      link, WithSeparators(urgent), urgent == 1 ? "needs" : "need");
  return TileHtml({.name = "Skipped containers",
                   .value = WithSeparators(snapshot.skipped_count()),
                   .note = note});
}

std::string ClusterTile(const Snapshot& snapshot) {
  const auto stale = StaleClusters(snapshot);
  const auto count = snapshot.clusters.size();
  if (stale > 0) {
    return TileHtml({.name = "Clusters",
                     .value = WithSeparators(stale) + " stale",
                     .note = "of " + WithSeparators(count),
                     .tone = stale == count ? "bad" : "warn"});
  }
  if (count == 0 && !snapshot.last_complete) {
    return TileHtml({.name = "Clusters", .value = std::string(kUnknown), .note = "not known yet"});
  }
  const auto outside = static_cast<std::size_t>(
      std::ranges::count(snapshot.clusters, true, &ClusterStatus::outside));
  const std::string fresh = count == 0 ? "" : "all fresh";
  return TileHtml({.name = "Clusters",
                   .value = WithSeparators(count),
                   .note = outside == 0 ? fresh : WithSeparators(outside) + " held back"});
}

std::string CompleteTile(const PageInput& input) {
  const auto& snapshot = input.snapshot;
  const auto& tallies = snapshot.tallies;
  return TileHtml({.name = "Last complete",
                   .value = snapshot.last_complete ? TimeHtml(*snapshot.last_complete, input.now)
                                                   : std::string("never"),
                   .note = fmt::format("{} {}, {} failed", WithSeparators(tallies.refreshes),
                                       tallies.refreshes == 1 ? "refresh" : "refreshes",
                                       WithSeparators(tallies.failed))});
}

}  // namespace

std::string SummaryHtml(const PageInput& input, const Identity& identity) {
  const auto& snapshot = input.snapshot;
  return StateHtml(JudgeState(input, identity)) + R"(<dl class="tiles">)" + TargetTile(snapshot) +
         RefusedTile(snapshot) + SkippedTile(snapshot) + ClusterTile(snapshot) +
         CompleteTile(input) +
         TileHtml({.name = "API calls",
                   .value = WithSeparators(AllCalls(input.live)),
                   .note = "started " + TimeHtml(snapshot.started, input.now)}) +
         "</dl>";
}

}  // namespace ecsd::server
