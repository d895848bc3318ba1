#include "server/live_web_config.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "server/files.h"
#include "server/web_config.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::server {

support::Result<std::unique_ptr<LiveWebConfig>> LiveWebConfig::Open(std::string path,
                                                                    const support::Clock& clock,
                                                                    const telemetry::Log& log) {
  WebConfig config;
  if (!path.empty()) {
    auto read = ReadWebConfig(path);
    if (!read) return tl::unexpected(std::move(read).error());
    config = *std::move(read);
  }
  return std::unique_ptr<LiveWebConfig>(
      new LiveWebConfig(std::move(path), std::move(config), clock, log));
}

LiveWebConfig::LiveWebConfig(std::string path, WebConfig config, const support::Clock& clock,
                             const telemetry::Log& log)
    : path_(std::move(path)),
      clock_(clock),
      log_(log),
      current_(std::make_shared<const WebConfig>(std::move(config))),
      looked_(clock.Steady()) {
  // Without a stamp the first look reads once more: the file may have changed since it was read.
}

std::shared_ptr<const WebConfig> LiveWebConfig::Current() {
  constexpr std::chrono::seconds kPause{1};
  const support::MutexLock lock(mutex_);
  if (!path_.empty() && clock_.Steady() >= looked_ + kPause) Reread();
  return current_;
}

void LiveWebConfig::Reread() {
  looked_ = clock_.Steady();
  const auto stamp = StampOf(path_);
  if (stamp && stamp == stamp_) return;
  auto read = ReadWebConfig(path_);
  if (!read) {
    // Said once for each state of the file; one that is not there is said when it comes back bad.
    if (stamp || stamp_) {
      log_.Error("the web configuration is not good; what was read before stays",
                 {{"error", read.error().message}});
    }
    stamp_ = stamp;
    return;
  }
  stamp_ = stamp;
  if (*read == *current_) return;
  if (read->users.empty() && !current_->users.empty()) {
    // The file of an editor that is at work is empty for a moment.
    log_.Error(
        "the web configuration has no users any more; those of before stay; restart the program "
        "to serve without a login",
        {{"file", path_}});
    return;
  }
  if (read->tls != current_->tls) {
    log_.Warn("tls_server_config has changed; restart the program to use it", {{"file", path_}});
  }
  log_.Info("using the changed web configuration", {{"file", path_}});
  current_ = std::make_shared<const WebConfig>(*std::move(read));
}

}  // namespace ecsd::server
