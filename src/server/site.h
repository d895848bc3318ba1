#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "server/board.h"
#include "server/host_name.h"
#include "server/identity.h"
#include "server/live_figures.h"
#include "server/live_web_config.h"
#include "server/login.h"
#include "server/page.h"
#include "server/request.h"
#include "server/response.h"
#include "server/suspend.h"
#include "server/web_config.h"
#include "support/clock.h"

namespace ecsd::server {

// What the site is told once. What the references name must outlive it.
struct SiteSettings {
  const Board& board;
  LiveWebConfig& config;
  const support::Clock& clock;
  std::function<LiveFigures()> figures;  // any thread may call it
  std::function<void()> refresh;         // asks for a refresh; any thread may call it
  bool lifecycle = false;                // --web.enable-lifecycle
  AllowedHosts hosts;                    // --web.allowed-hosts
  std::chrono::nanoseconds unhealthy_after{};
  Identity identity;
};

// What stands before and behind every route (server/routes): host, login, methods, and the headers
// that every answer has. Any thread may call.
class Site {
 public:
  explicit Site(SiteSettings settings);

  // Nothing when `suspend` was called: the request comes again.
  [[nodiscard]] std::optional<Response> Answer(const Request& request, const Suspend& suspend);

 private:
  [[nodiscard]] Response Finish(Response response, const WebConfig& config);
  [[nodiscard]] Response AnswerPath(const Request& request);

  const SiteSettings settings_;
  LoginChecker logins_;
  Page page_;
  // Answers by class of status: 2xx to 5xx.
  std::array<std::atomic<std::uint64_t>, 4> answers_{};
};

}  // namespace ecsd::server
