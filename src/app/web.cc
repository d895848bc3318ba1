#include "app/web.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/version.h"
#include "aws/call_stats.h"
#include "aws/limiter.h"
#include "config/options.h"
#include "server/certificate.h"
#include "server/file_watch.h"
#include "server/host_name.h"
#include "server/http_server.h"
#include "server/identity.h"
#include "server/listen_address.h"
#include "server/live_figures.h"
#include "server/live_web_config.h"
#include "server/site.h"
#include "server/snapshot.h"
#include "server/suspend.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

std::shared_ptr<const server::Snapshot> FirstSnapshot(const support::Clock& clock) {
  auto snapshot = std::make_shared<server::Snapshot>();
  snapshot->started = clock.Now();
  snapshot->last_success = clock.Steady();
  return snapshot;
}

server::ActionFigures FiguresOf(const aws::ActionStats& stats) {
  server::ActionFigures figures{.action = fmt::format("{}:{}", stats.service, stats.action),
                                .calls = stats.calls,
                                .failures = {},
                                .throttles = 0,
                                .retries = stats.retries,
                                .bytes = stats.bytes};
  for (const auto kind : aws::FailureKindsOf(stats)) {
    const auto count = stats.failures.at(static_cast<std::size_t>(kind));
    figures.failures.push_back({.kind = std::string(support::NameOf(kind)), .count = count});
    if (kind == support::ErrorKind::kThrottled) figures.throttles = count;
  }
  return figures;
}

// Buckets of one name, of several accounts or regions, are added up.
void AddBucket(const aws::BucketView& view, std::vector<server::BucketFigures>& buckets) {
  auto found = std::ranges::find(buckets, view.bucket, &server::BucketFigures::bucket);
  if (found == buckets.end()) {
    found = buckets.insert(found, {.bucket = std::string(view.bucket)});
  }
  found->tokens += view.tokens;
  found->rate += view.rate;
  found->waited_seconds += std::chrono::duration<double>(view.waited).count();
}

server::LiveFigures FiguresOf(const AwsAccount& account) {
  server::LiveFigures live;
  for (const auto& stats : account.stats().View()) live.actions.push_back(FiguresOf(stats));
  for (const auto& view : account.limiter().View()) AddBucket(view, live.buckets);
  live.clock_ahead = account.clock_ahead();
  return live;
}

server::Identity IdentityOf(const config::Options& options, const AwsAccount& account) {
  server::Identity identity{.version = std::string(kVersion),
                            .region = account.region(),
                            .interval = options.scrape_interval,
                            .configuration = {},
                            .cluster = options.cluster};
  for (const auto& flag : options.shown) {
    identity.configuration.push_back({.name = flag.name, .value = flag.value});
  }
  return identity;
}

// A slow interval is no illness.
std::chrono::nanoseconds UnhealthyAfter(const config::Options& options) {
  if (options.web_unhealthy_after.count() == 0) return {};
  return std::max(options.web_unhealthy_after, 3 * options.scrape_interval);
}

}  // namespace

Web::Web(const support::Clock& clock)
    : clock_(clock), board_(FirstSnapshot(clock)), dashboard_(board_, clock) {}

support::Result<std::unique_ptr<Web>> Web::Start(const config::Options& options,
                                                 const AwsAccount& account, Alarm& alarm,
                                                 const support::Clock& clock,
                                                 const telemetry::Log& log) {
  std::unique_ptr<Web> web(new Web(clock));
  if (auto listening = web->Listen(options, account, alarm, log); !listening) {
    return tl::unexpected(std::move(listening).error());
  }
  return web;
}

void Web::FollowFiles() {
  watch_ = std::make_unique<server::FileWatch>([this] {
    config_->Look();
    if (certificate_ != nullptr) certificate_->Look();
  });
}

support::Result<void> Web::Listen(const config::Options& options, const AwsAccount& account,
                                  Alarm& alarm, const telemetry::Log& log) {
  auto address = server::ParseListenAddress(options.web_listen_address);
  if (!address) return tl::unexpected(std::move(address).error());
  auto hosts = server::AllowedHosts::Parse(options.web_allowed_hosts);
  if (!hosts) return tl::unexpected(std::move(hosts).error());
  auto config = server::LiveWebConfig::Open(options.web_config_file, log);
  if (!config) return tl::unexpected(std::move(config).error());
  config_ = *std::move(config);
  const auto tls = config_->Current()->tls;
  if (tls) {
    auto certificate = server::Certificate::Load(*tls, clock_, log);
    if (!certificate) return tl::unexpected(std::move(certificate).error());
    certificate_ = *std::move(certificate);
  }
  site_ = std::make_unique<server::Site>(
      server::SiteSettings{.board = board_,
                           .config = *config_,
                           .clock = clock_,
                           .figures =
                               [this, &account] {
                                 auto live = FiguresOf(account);
                                 live.caller = dashboard_.caller();
                                 return live;
                               },
                           .refresh = [&alarm] { alarm.Ring(); },
                           .lifecycle = options.web_enable_lifecycle,
                           .hosts = *std::move(hosts),
                           .unhealthy_after = UnhealthyAfter(options),
                           .identity = IdentityOf(options, account)});
  auto server = server::HttpServer::Start(
      *address, certificate_.get(),
      [this](const server::Request& request, const server::Suspend& suspend) {
        return site_->Answer(request, suspend);
      },
      log);
  if (!server) return tl::unexpected(std::move(server).error());
  server_ = *std::move(server);
  if (!options.web_config_file.empty()) FollowFiles();
  address->port = server_->port();
  log.Info("listening", {{"address", server::ToString(*address)}, {"tls", tls.has_value()}});
  return {};
}

}  // namespace ecsd::app
