#include "app/refresh_loop.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "aws/credentials.h"
#include "config/options.h"
#include "core/reason.h"
#include "core/render.h"
#include "discovery/inventory.h"
#include "discovery/refresh.h"
#include "discovery/schedule.h"
#include "output/file_sink.h"
#include "output/format.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

std::string_view NameOf(output::WriteOutcome outcome) {
  switch (outcome) {
    case output::WriteOutcome::kReplaced:
      return "replaced";
    case output::WriteOutcome::kWrittenInPlace:
      return "in_place";
    case output::WriteOutcome::kUnchanged:
      break;
  }
  return "unchanged";
}

double Draw() {
  static std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

// "no_binding=7 no_port_label=36"
std::string Describe(const core::ReasonCounts& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts.at(i) == 0) continue;
    if (!text.empty()) text += ' ';
    text += fmt::format("{}={}", core::ReasonName(static_cast<core::Reason>(i)), counts.at(i));
  }
  return text.empty() ? "none" : text;
}

}  // namespace

RefreshLoop::RefreshLoop(const config::Options& options, AwsAccount& account, Alarm& alarm,
                         const support::Clock& clock, const telemetry::Log& log)
    : options_(options),
      account_(account),
      alarm_(alarm),
      clock_(clock),
      log_(log),
      reader_(account.clients(), options.cluster, account.region()),
      inventory_(options.selection),
      sink_(options.write_to, [&log](const std::string& message) { log.Warn(message); }) {}

bool RefreshLoop::Run(const std::stop_token& stop) {
  const auto first = clock_.Steady();
  for (std::int64_t done = 1;; ++done) {
    const bool good = RunOnce(stop);
    if (stop.stop_requested()) return true;
    if (options_.scrape_times > 0 && done >= options_.scrape_times) return good;
    const auto next =
        discovery::NextStart(first, options_.scrape_interval, clock_.Steady(), Draw());
    if (!alarm_.WaitUntil(stop, next)) return true;
  }
}

bool RefreshLoop::RunOnce(const std::stop_token& stop) {
  const auto start = clock_.Steady();
  const auto report = Refresh({.stop = stop, .at = start + options_.refresh_timeout});
  if (stop.stop_requested()) return false;
  ReportClusters(report);
  if (report.error) ReportFailure(*report.error, report);
  // Without even the list of clusters nothing was learnt; before every cluster was read nothing is
  // written.
  if (report.error && (report.clusters.empty() || !inventory_.ready())) return false;
  const bool written = Write(!report.error);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Steady() - start);
  log_.Debug("refresh ended", {{"duration_ms", fmt::format("{}", took.count())}});
  ReportReasons();
  return written && !report.error;
}

discovery::RefreshReport RefreshLoop::Refresh(const aws::Deadline& deadline) {
  const auto credentials = account_.credentials().Get(deadline);
  if (!credentials) return {.error = credentials.error(), .clusters = {}};
  if (credentials->source != credential_source_) {
    credential_source_ = credentials->source;
    log_.Info("using AWS credentials", {{"source", credential_source_}});
  }
  return discovery::Refresh(reader_, deadline, records_, inventory_);
}

void RefreshLoop::ReportClusters(const discovery::RefreshReport& report) {
  for (const auto& cluster : report.clusters) {
    const bool good = !cluster.error;
    // A cluster that was never read has nothing to lose; the failed refresh is said anyway.
    if (good == cluster.was_good || !cluster.was_read) continue;
    if (good) {
      log_.Info("cluster is read again", {{"cluster", cluster.arn}});
    } else {
      log_.Warn("cluster could not be read completely; its last known targets are kept",
                {{"cluster", cluster.arn}, {"error", cluster.error->message}});
    }
  }
}

void RefreshLoop::ReportFailure(const support::Error& error,
                                const discovery::RefreshReport& report) {
  const auto failed = std::ranges::count_if(
      report.clusters,
      [](const discovery::ClusterHealth& cluster) { return cluster.error.has_value(); });
  const bool useful = inventory_.ready() && !report.clusters.empty();
  log_.Error(useful ? "refresh incomplete; what could not be read stays as it was"
                    : "refresh failed; the output file was left alone",
             {{"error", error.message},
              {"clusters_failed", report.clusters.empty()
                                      ? std::string("all")
                                      : fmt::format("{} of {}", failed, report.clusters.size())}});
}

// The file's mtime moves after complete refreshes only,
// for people alert on its age.
bool RefreshLoop::Write(bool complete) {
  const auto targets = inventory_.Targets();
  auto bytes = output::FormatOf(options_.write_to) == output::Format::kJson
                   ? core::RenderJson(targets)
                   : core::RenderYaml(targets);
  if (!complete && bytes == written_) return true;
  const auto outcome = sink_.Write(bytes);
  if (!outcome) {
    log_.Error("the output file could not be written", {{"error", outcome.error().message}});
    return false;
  }
  written_ = std::move(bytes);
  log_.Info("refreshed", {{"tasks", fmt::format("{}", inventory_.task_count())},
                          {"targets", fmt::format("{}", targets.size())},
                          {"file", options_.write_to},
                          {"written", std::string(NameOf(*outcome))}});
  return true;
}

void RefreshLoop::ReportReasons() {
  const auto reasons = inventory_.Reasons();
  if (reasons == reasons_) return;
  reasons_ = reasons;
  log_.Info("containers that are no targets", {{"reasons", Describe(reasons)}});
}

}  // namespace ecsd::app
