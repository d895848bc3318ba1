#include "app/commands.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "app/aws_account.h"
#include "app/report.h"
#include "aws/credentials.h"
#include "config/options.h"
#include "core/explain.h"
#include "core/render.h"
#include "discovery/account_reader.h"
#include "discovery/account_records.h"
#include "discovery/inventory.h"
#include "output/format.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

// The account as one reading found it.
struct Reading {
  std::vector<discovery::ClusterReading> clusters;
  discovery::AccountRecords records;
};

// Nothing when not even the clusters could be listed; the log has the reason then.
std::optional<Reading> ReadOnce(const CommandContext& context) {
  const aws::Deadline deadline{.stop = context.stop,
                               .at = context.clock.Steady() + context.options.refresh_timeout};
  discovery::AccountReader reader(context.account.clients(), context.options.cluster,
                                  context.account.region());
  auto arns = reader.SelectClusters(deadline);
  if (!arns) {
    context.log.Error("the account could not be read", {{"error", arns.error().message}});
    return std::nullopt;
  }
  Reading reading{.clusters = reader.ReadClusters(*arns, deadline), .records = {}};
  reader.ReadRecords(reading.clusters, deadline, reading.records);
  return reading;
}

// Says which clusters are not whole; true when all are.
bool ReportFailures(const Reading& reading, const telemetry::Log& log) {
  bool whole = true;
  for (const auto& cluster : reading.clusters) {
    const auto error = discovery::WhyIncomplete(cluster, reading.records);
    if (!error) continue;
    whole = false;
    log.Error("cluster could not be read completely",
              {{"cluster", cluster.arn}, {"error", error->message}});
  }
  return whole;
}

std::vector<core::Explanation> ExplainAll(const Reading& reading, const config::Options& options) {
  std::vector<core::Explanation> explanations;
  for (const auto& cluster : reading.clusters) {
    for (const auto& task : cluster.tasks) {
      auto of_task = core::ExplainTask(task, reading.records.ReferencesOf(task), options.selection);
      std::ranges::move(of_task, std::back_inserter(explanations));
    }
  }
  std::ranges::sort(explanations, {}, [](const core::Explanation& explanation) {
    return std::tie(explanation.cluster, explanation.service, explanation.family, explanation.task,
                    explanation.container);
  });
  return explanations;
}

// Keeps what one of `names` is about; false, and said, when a name is about nothing.
bool Narrow(const std::vector<std::string>& names, const telemetry::Log& log,
            std::vector<core::Explanation>& explanations) {
  if (names.empty()) return true;
  bool all_known = true;
  for (const auto& name : names) {
    if (std::ranges::any_of(explanations, [&](const auto& each) { return IsAbout(each, name); }))
      continue;
    all_known = false;
    log.Error("no running cluster, service, task, family or container has this name",
              {{"name", name}});
  }
  std::erase_if(explanations, [&](const auto& each) {
    return std::ranges::none_of(names, [&](const auto& name) { return IsAbout(each, name); });
  });
  return all_known;
}

// False, and said, when standard output does not take the text.
bool Print(const std::string& text, const telemetry::Log& log) {
  const bool printed =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!printed) {
    log.Error("standard output could not be written",
              {{"error", std::generic_category().message(errno)}});
  }
  return printed;
}

}  // namespace

bool Explain(const CommandContext& context) {
  const auto reading = ReadOnce(context);
  if (!reading) return false;
  const bool whole = ReportFailures(*reading, context.log);
  auto explanations = ExplainAll(*reading, context.options);
  const bool all_known = Narrow(context.options.names, context.log, explanations);
  const bool printed =
      Print(context.options.json ? RenderExplanationsJson(explanations) : RenderTable(explanations),
            context.log);
  return whole && all_known && printed;
}

bool DryRun(const CommandContext& context) {
  const auto reading = ReadOnce(context);
  if (!reading) return false;
  const bool whole = ReportFailures(*reading, context.log);
  discovery::Inventory inventory(context.options.selection);
  inventory.Update(reading->clusters, reading->records);
  const auto targets = inventory.Targets();
  const bool printed = Print(output::FormatOf(context.options.write_to) == output::Format::kJson
                                 ? core::RenderJson(targets)
                                 : core::RenderYaml(targets),
                             context.log);
  return whole && printed;
}

}  // namespace ecsd::app
