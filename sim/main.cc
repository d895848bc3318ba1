#include <fmt/core.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX signal sets

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/account.h"
#include "sim/control.h"
#include "sim/exporters.h"
#include "sim/faults.h"
#include "sim/flags.h"
#include "sim/http_front.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/load_account.h"
#include "sim/service.h"
#include "sim/sigv4_verifier.h"
#include "sim/synthetic_account.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::sim {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

support::Result<SyntheticAccount> MakeAccount(const Flags& flags) {
  if (!flags.account_path.empty()) {
    return LoadAccount(flags.account_path, flags.identity).map([](auto account) {
      return SyntheticAccount{.account = std::move(account), .exporters = {}};
    });
  }
  SyntheticPlan plan{.seed = flags.seed,
                     .clusters = flags.clusters,
                     .tasks = flags.tasks,
                     .external = flags.external,
                     .on_loopback = flags.exporters};
  if (!flags.identity.region.empty()) plan.region = flags.identity.region;
  if (!flags.identity.account_id.empty()) plan.account_id = flags.identity.account_id;
  return BuildSyntheticAccount(plan);
}

void AddKeys(const Flags& flags, const std::string& account_id, KeyRing& keys) {
  std::vector<AccessKey> accepted = flags.credentials;
  if (accepted.empty()) {
    accepted.push_back({.id = "AKIAECSSIMULATOR0001",
                        .secret = support::Secret("ecs-sim-secret"),
                        .token = {},
                        .expiration = {},
                        .principal_arn = {},
                        .principal_id = {}});
  }
  for (AccessKey& key : accepted) {
    key.principal_arn = fmt::format("arn:aws:iam::{}:user/ecs-sim", account_id);
    key.principal_id = "AIDAECSSIMULATOR00001";
    keys.Add(std::move(key));
  }
}

// Blocked in every thread, so that only the wait below sees them.
// NOLINTNEXTLINE(misc-include-cleaner): <signal.h> is the header POSIX gives sigset_t
sigset_t BlockStopSignals() {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

support::Result<void> Serve(const Flags& flags) {
  const sigset_t signals = BlockStopSignals();
  auto made = MakeAccount(flags);
  if (!made) return tl::unexpected(std::move(made).error());
  KeyRing keys;
  AddKeys(flags, made->account->id(), keys);
  FaultPlan faults;
  faults.Replace(flags.faults);
  Service service(*made->account, keys, faults,
                  {.paging = flags.paging, .session_lifetime = flags.session_lifetime},
                  [] { return std::chrono::system_clock::now(); });
  auto exporters = ExporterServer::Start(std::move(made->exporters));
  if (!exporters) return tl::unexpected(std::move(exporters).error());
  const auto front = HttpFront::Start(flags.listen, flags.latency, [&](const HttpRequest& request) {
    return IsControlPath(request.path) ? HandleControl(request, service) : service.Handle(request);
  });
  if (!front) return tl::unexpected(front.error());
  fmt::print("ecs-sim: listening on http://{}:{}{}\n", flags.listen.host, (*front)->port(),
             flags.exporters ? fmt::format(" ({} exporters)", (*exporters)->size()) : "");
  static_cast<void>(std::fflush(stdout));
  int signal = 0;
  sigwait(&signals, &signal);
  return {};
}

int Run(const std::vector<std::string>& arguments) {
  const auto flags = ParseFlags(arguments);
  if (!flags) {
    fmt::print(stderr, "ecs-sim: {}\n", flags.error().message);
    return kWrongUsage;
  }
  if (flags->help) {
    fmt::print("{}", Usage());
    return 0;
  }
  const auto served = Serve(*flags);
  if (served) return 0;
  fmt::print(stderr, "ecs-sim: {}\n", served.error().message);
  return served.error().kind == support::ErrorKind::kConfig ? kWrongUsage : kFailed;
}

}  // namespace
}  // namespace ecsd::sim

int main(int argc, char** argv) {
  try {
    return ecsd::sim::Run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "ecs-sim: %s\n", error.what()));
    return 1;
  }
}
