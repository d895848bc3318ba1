#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/files.h"
#include "server/web_config.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"
#include "telemetry/log.h"

namespace ecsd::server {

// The web configuration as its file last had it. One thread looks at the file now and then; a
// request takes what was read last and never waits for a file. A changed file that cannot be read
// is logged, and the configuration before it stays. Users and headers follow the file; of TLS only
// the content of the certificate does, the rest needs a restart.
class LiveWebConfig {
 public:
  // No path: nothing is configured. kConfig when the file is not good at the start. `log` must
  // outlive this object.
  [[nodiscard]] static support::Result<std::unique_ptr<LiveWebConfig>> Open(
      std::string path, const telemetry::Log& log);

  // Any thread may call.
  [[nodiscard]] std::shared_ptr<const WebConfig> Current() const ECSD_EXCLUDES(mutex_);

  // Reads the file again if it has changed since the last look. For one thread only, which the file
  // may hold up.
  void Look() ECSD_EXCLUDES(mutex_);

 private:
  LiveWebConfig(std::string path, WebConfig config, const telemetry::Log& log);
  // Decides whether what was read is used.
  void Take(WebConfig read) ECSD_EXCLUDES(mutex_);

  const std::string path_;
  const telemetry::Log& log_;
  std::optional<FileStamp> stamp_;  // of the looking thread
  mutable support::Mutex mutex_;
  std::shared_ptr<const WebConfig> current_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::server
