#include "app/commands.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "app/aws_account.h"
#include "app/explain_scope.h"
#include "app/file_contents.h"
#include "app/outcome_table.h"
#include "app/progress_line.h"
#include "app/refresh_log.h"
#include "app/report.h"
#include "app/standard_output.h"
#include "aws/credentials.h"
#include "config/options.h"
#include "core/explain.h"
#include "core/reason.h"
#include "core/selection.h"
#include "core/target.h"
#include "core/task_facts.h"
#include "discovery/address_warnings.h"
#include "discovery/fleet_snapshot.h"
#include "discovery/progress.h"
#include "discovery/source.h"
#include "discovery/source_view.h"
#include "output/read_targets.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

// `source`, whose refresh the watchdog expects to end in time.
discovery::Source& Watched(const CommandContext& context, discovery::Source& source) {
  context.watchdog.Expect("reading the account", context.options.refresh_timeout + kRefreshMargin);
  return source;
}

// What OneReading reads.
struct ReadingOf {
  std::string cluster;       // name or ARN; empty: all of them
  std::size_t done = 0;      // clusters that were read before
  std::size_t clusters = 0;  // that are read in all, where they are named
};

// Reads the account once, with nothing known before, and shows how far it is.
class OneReading {
 public:
  OneReading(const CommandContext& context, const ReadingOf& what)
      : context_(context),
        before_({.done = what.done, .clusters = what.clusters}),
        source_({.clients = context.account.clients(),
                 .cluster = what.cluster,
                 .region = context.account.region(),
                 .selection = std::make_shared<const core::Selection>(context.options.selection),
                 .interval = context.options.scrape_interval,
                 .rediscover_within = context.options.rediscover_within,
                 .startup_grace = {},
                 .one_shot = true,
                 .progress = ShowTo(line_)},
                context.clock),
        report_(Refresh()) {}

  // False when not even the clusters could be listed; the log has the reason then.
  [[nodiscard]] bool Began() const {
    if (!report_.error || !report_.clusters.empty()) return true;
    context_.log.Error("the account could not be read", {{"error", report_.error->message}});
    return false;
  }

  // Says which clusters are not whole; true when all are.
  [[nodiscard]] bool IsWhole() const {
    for (const auto& cluster : report_.clusters) {
      if (!cluster.error) continue;
      context_.log.Error("cluster could not be read completely",
                         {{"cluster", cluster.arn}, {"error", cluster.error->message}});
    }
    return !report_.error;
  }

  [[nodiscard]] std::shared_ptr<const discovery::SourceView> view() const { return source_.View(); }
  [[nodiscard]] const discovery::RefreshReport& report() const { return report_; }

 private:
  [[nodiscard]] discovery::ObserveProgress ShowTo(std::optional<ProgressLine>& line) const {
    return [&line, before = before_](discovery::Progress progress) {
      progress.done += before.done;
      progress.clusters = std::max(progress.clusters, before.clusters);
      line->Show(progress);
    };
  }
  [[nodiscard]] discovery::RefreshReport Refresh() {
    line_.emplace(context_.log, context_.clock);
    line_->Show(before_);
    auto report = Watched(context_, source_)
                      .Refresh({.stop = context_.stop,
                                .at = context_.clock.Steady() + context_.options.refresh_timeout});
    line_.reset();
    return report;
  }

  const CommandContext& context_;
  const discovery::Progress before_;
  std::optional<ProgressLine> line_;  // while it reads
  discovery::Source source_;
  discovery::RefreshReport report_;
};

// Warns of targets whose address may not lead to their machine; what the account as a whole shows.
void Warn(std::span<const discovery::AddressWarning> warnings,
          std::vector<core::Explanation>& explanations) {
  for (const auto& warning : warnings) {
    for (auto& explanation : explanations) {
      if (std::ranges::binary_search(warning.ids, explanation.instance))
        explanation.warning = warning.text;
    }
  }
}

// Whether a running process keeps a known target in spite of this outcome.
bool IsKept(const core::Explanation& explanation) {
  if (explanation.outcome) return false;
  const auto reason = explanation.outcome.error().reason;
  return reason == core::Reason::kNoInstanceAddress ||
         reason == core::Reason::kDefinitionUnavailable;
}

// Shows where the output file has a target all the same, so that both agree.
void WarnOfKept(const CommandContext& context, std::vector<core::Explanation>& explanations) {
  const auto& path = context.options.write_to;
  std::map<std::array<std::string, 3>, core::Explanation*> kept;
  for (auto& each : explanations) {
    if (IsKept(each)) kept.emplace(std::array{each.cluster, each.task, each.container}, &each);
  }
  if (path.empty() || kept.empty()) return;
  const auto file = output::ReadTargetsOf(path, context.stop);
  if (!file) return;
  for (const auto& target : file->targets) {
    const auto found = kept.find({core::ShortName(target.labels.Get(core::kClusterArnLabel)),
                                  core::ShortName(target.labels.Get(core::kTaskArnLabel)),
                                  std::string(target.labels.Get(core::kContainerNameLabel))});
    if (found == kept.end()) continue;
    found->second->warning = fmt::format(
        "{} has its last known target {}, which is kept while this may pass", path, target.address);
  }
}

void Sort(std::vector<core::Explanation>& explanations) {
  std::ranges::sort(explanations, {}, [](const core::Explanation& explanation) {
    return std::tie(explanation.cluster, explanation.service, explanation.family, explanation.task,
                    explanation.container);
  });
}

// Keeps what one of `names` is about; false, and logged, when a name is about nothing. `whole`:
// everything was read, so that the name does not exist.
bool Narrow(const std::vector<std::string>& names, bool whole, const telemetry::Log& log,
            std::vector<core::Explanation>& explanations) {
  if (names.empty()) return true;
  bool all_known = true;
  for (const auto& name : names) {
    if (std::ranges::any_of(explanations, [&](const auto& each) { return IsAbout(each, name); }))
      continue;
    all_known = false;
    log.Error(whole ? "no running cluster, service, task, family or container has this name"
                    : "nothing of this name is in what could be read; see the errors above",
              {{"name", name}});
  }
  std::erase_if(explanations, [&](const auto& each) {
    return std::ranges::none_of(names, [&](const auto& name) { return IsAbout(each, name); });
  });
  return all_known;
}

// Whoever waited for a large account may not know that one cluster can be read alone.
void Hint(const discovery::RefreshReport& report, const telemetry::Log& log) {
  constexpr std::size_t kLarge = 2000;
  if (report.clusters.size() < 2 || report.listed < kLarge) return;
  log.Info("every cluster was read; \"explain CLUSTER\" or -config.cluster reads one",
           {{"clusters", std::to_string(report.clusters.size())},
            {"tasks", std::to_string(report.listed)}});
}

void WarnOfNoClusters(const CommandContext& context, const discovery::RefreshReport& report) {
  if (report.error || !report.clusters.empty()) return;
  context.log.Warn(kNoClusters, {{"region", context.account.region()}});
}

std::vector<core::Explanation> ExplanationsOf(const discovery::FleetSnapshot& fleet) {
  std::vector<core::Explanation> explanations;
  core::TaskRecord record;
  for (const auto& cluster : fleet.clusters()) {
    for (const auto& tracked : *cluster.tasks) {
      tracked.facts->Unpack(record);
      const auto references = core::ReferencesOf(tracked.facts->references(), record);
      std::ranges::move(core::ExplainTask(record.task, references, fleet.selection()),
                        std::back_inserter(explanations));
    }
  }
  return explanations;
}

// What was read for `explain`.
struct Explained {
  std::vector<core::Explanation> explanations;
  bool began = false;  // something at least
  bool whole = true;
};

Explained ReadToExplain(const CommandContext& context) {
  Explained read;
  const aws::Deadline deadline{.stop = context.stop,
                               .at = context.clock.Steady() + context.options.refresh_timeout};
  const auto clusters = ClustersToRead(context.options, context.account.ecs(), deadline);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    const OneReading reading(context, {.cluster = clusters[i],
                                       .done = i,
                                       .clusters = clusters.front().empty() ? 0 : clusters.size()});
    read.began = reading.Began() || read.began;
    read.whole = reading.IsWhole() && read.whole;
    const auto view = reading.view();
    auto found = ExplanationsOf(*view->fleet);
    Warn(view->address_warnings, found);
    if (clusters[i].empty()) Hint(reading.report(), context.log);
    WarnOfNoClusters(context, reading.report());
    std::ranges::move(found, std::back_inserter(read.explanations));
  }
  return read;
}

// Of an unknown name alone there is nothing to render: an error has told it.
std::string Render(const config::Options& options, std::span<const core::Explanation> explanations,
                   bool all_known) {
  if (options.json) return RenderExplanationsJson(explanations);
  if (explanations.empty() && all_known)
    return options.skipped ? "no container is skipped\n" : "no container is running\n";
  return RenderTable(explanations, options.each ? Rows::kEach : Rows::kGrouped);
}

}  // namespace

bool Explain(const CommandContext& context) {
  auto [explanations, began, whole] = ReadToExplain(context);
  if (!began) return false;
  WarnOfKept(context, explanations);
  Sort(explanations);
  const bool all_known = Narrow(context.options.names, whole, context.log, explanations);
  if (context.options.skipped) {
    std::erase_if(explanations, [](const auto& each) { return each.outcome.has_value(); });
  }
  context.watchdog.Allow("printing");
  const bool printed =
      Print(Render(context.options, explanations, all_known), context.stop, context.log);
  return whole && all_known && printed;
}

bool DryRun(const CommandContext& context) {
  const OneReading reading(context, {.cluster = context.options.cluster,
                                     .clusters = context.options.cluster.empty() ? 0U : 1U});
  if (!reading.Began()) return false;
  const bool whole = reading.IsWhole();
  context.watchdog.Allow("printing");
  return Print(FileContents({reading.view()->fleet}, context.options.write_to), context.stop,
               context.log) &&
         whole;
}

}  // namespace ecsd::app
