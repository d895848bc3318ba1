#include "server/live_web_config.h"

#include <memory>
#include <string>
#include <utility>

#include "server/files.h"
#include "server/web_config.h"
#include "support/mutex.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::server {

support::Result<std::unique_ptr<LiveWebConfig>> LiveWebConfig::Open(std::string path,
                                                                    const telemetry::Log& log) {
  WebConfig config;
  if (!path.empty()) {
    auto read = ReadWebConfig(path);
    if (!read) return tl::unexpected(std::move(read).error());
    config = *std::move(read);
  }
  return std::unique_ptr<LiveWebConfig>(new LiveWebConfig(std::move(path), std::move(config), log));
}

// Without a stamp the first look reads once more: the file may have changed since it was read.
LiveWebConfig::LiveWebConfig(std::string path, WebConfig config, const telemetry::Log& log)
    : path_(std::move(path)),
      log_(log),
      current_(std::make_shared<const WebConfig>(std::move(config))) {}

std::shared_ptr<const WebConfig> LiveWebConfig::Current() const {
  const support::MutexLock lock(mutex_);
  return current_;
}

void LiveWebConfig::Look() {
  if (path_.empty()) return;
  const auto stamp = StampOf(path_);
  if (stamp && stamp == stamp_) return;
  auto read = ReadWebConfig(path_);
  if (read) {
    Take(*std::move(read));
  } else if (stamp || stamp_) {
    // Logged once per file version; one that is not there is logged when it comes back bad.
    log_.Error("the web configuration is not good; what was read before stays",
               {{"error", read.error().message}});
  }
  stamp_ = stamp;
}

void LiveWebConfig::Take(WebConfig read) {
  const auto before = Current();
  if (read == *before) return;
  if (read.users.empty() && !before->users.empty()) {
    // The file of an editor that is at work is empty for a moment.
    log_.Error(
        "the web configuration has no users any more; those of before stay; restart the program "
        "to serve without a login",
        {{"file", path_}});
    return;
  }
  if (read.tls != before->tls) {
    log_.Warn("tls_server_config has changed; restart the program to use it", {{"file", path_}});
  }
  log_.Info("using the changed web configuration", {{"file", path_}});
  auto next = std::make_shared<const WebConfig>(std::move(read));
  const support::MutexLock lock(mutex_);
  current_ = std::move(next);
}

}  // namespace ecsd::server
