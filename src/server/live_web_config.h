#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/files.h"
#include "server/web_config.h"
#include "support/clock.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/thread_annotations.h"
#include "telemetry/log.h"

namespace ecsd::server {

// The web configuration as its file has it now: looked at once a second at most, when somebody
// asks. A changed file that cannot be read is said in the log, and the configuration before it
// stays. Users and headers follow the file; of TLS only the content of the certificate does, the
// rest needs a restart. Any thread may call.
class LiveWebConfig {
 public:
  // No path: nothing is configured. kConfig when the file is not good at the start. `clock` and
  // `log` must outlive this object.
  [[nodiscard]] static support::Result<std::unique_ptr<LiveWebConfig>> Open(
      std::string path, const support::Clock& clock, const telemetry::Log& log);

  [[nodiscard]] std::shared_ptr<const WebConfig> Current() ECSD_EXCLUDES(mutex_);

 private:
  LiveWebConfig(std::string path, WebConfig config, const support::Clock& clock,
                const telemetry::Log& log);
  void Reread() ECSD_REQUIRES(mutex_);

  const std::string path_;
  const support::Clock& clock_;
  const telemetry::Log& log_;
  support::Mutex mutex_;
  std::shared_ptr<const WebConfig> current_ ECSD_GUARDED_BY(mutex_);
  std::optional<FileStamp> stamp_ ECSD_GUARDED_BY(mutex_);
  support::SteadyTime looked_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::server
