#pragma once

#include <memory>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/dashboard.h"
#include "config/options.h"
#include "server/board.h"
#include "server/certificate.h"
#include "server/file_watch.h"
#include "server/http_server.h"
#include "server/live_web_config.h"
#include "server/site.h"
#include "support/clock.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {

// The web server and what feeds it, wired together. There is one only with -web.listen-address.
class Web {
 public:
  // Listens and serves until it is destroyed. kConfig when the address, the web configuration or
  // the certificate is not good. The references must outlive this object.
  [[nodiscard]] static support::Result<std::unique_ptr<Web>> Start(const config::Options& options,
                                                                   const AwsAccount& account,
                                                                   Alarm& alarm,
                                                                   const support::Clock& clock,
                                                                   const telemetry::Log& log);

  [[nodiscard]] Dashboard& dashboard() { return dashboard_; }

 private:
  explicit Web(const support::Clock& clock);
  [[nodiscard]] support::Result<void> Listen(const config::Options& options,
                                             const AwsAccount& account, Alarm& alarm,
                                             const telemetry::Log& log);

  // Web configuration and certificate follow their files from now on.
  void FollowFiles();

  const support::Clock& clock_;
  server::Board board_;
  Dashboard dashboard_;
  // In the order in which they need each other; null until Listen.
  std::unique_ptr<server::LiveWebConfig> config_;
  std::unique_ptr<server::Certificate> certificate_;
  std::unique_ptr<server::FileWatch> watch_;
  std::unique_ptr<server::Site> site_;
  std::unique_ptr<server::HttpServer> server_;
};

}  // namespace ecsd::app
