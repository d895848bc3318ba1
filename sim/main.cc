#include <fmt/core.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX signal sets

#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/churn.h"
#include "sim/compression.h"
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
                     .on_loopback = flags.exporters,
                     .services = flags.services,
                     .port_ranges = flags.port_ranges};
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

support::Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.good() || file.eof()) return text;
  return support::Fail(support::ErrorKind::kConfig, fmt::format("cannot read {}", path));
}

support::Result<std::optional<TlsIdentity>> ReadTls(const Flags& flags) {
  if (flags.tls_certificate.empty()) return std::nullopt;
  auto certificate = ReadFile(flags.tls_certificate);
  if (!certificate) return tl::unexpected(std::move(certificate).error());
  auto key = ReadFile(flags.tls_key);
  if (!key) return tl::unexpected(std::move(key).error());
  return TlsIdentity{.certificate = *std::move(certificate),
                     .key = support::Secret(*std::move(key)),
                     .priorities = flags.tls_priorities};
}

Answer Compress(const HttpRequest& request, Answer answer) {
  const bool asked = AcceptsGzip(FindHeader(request, "accept-encoding").value_or(""));
  if (!asked || answer.body.empty() || answer.delivery != Delivery::kWhole) return answer;
  answer.body = Gzip(answer.body);
  answer.headers.emplace_back("Content-Encoding", "gzip");
  return answer;
}

using Fronts = std::vector<std::unique_ptr<HttpFront>>;

// The main front first.
support::Result<Fronts> StartFronts(const Flags& flags, const HttpFront::Handler& handler) {
  auto tls = ReadTls(flags);
  if (!tls) return tl::unexpected(std::move(tls).error());
  std::vector<FrontOptions> wanted = {
      {.address = flags.listen, .latency = flags.latency, .tls = *std::move(tls)}};
  for (const ListenAddress& address : flags.plain_listen) {
    wanted.push_back({.address = address, .latency = flags.latency, .tls = std::nullopt});
  }
  Fronts fronts;
  for (const FrontOptions& options : wanted) {
    auto front = HttpFront::Start(options, handler);
    if (!front) return tl::unexpected(std::move(front).error());
    fronts.push_back(*std::move(front));
  }
  return fronts;
}

void Announce(const Fronts& fronts, const std::string& exporters) {
  std::string urls;
  for (const auto& front : fronts) {
    urls += (urls.empty() ? "" : " and ") + front->url();
  }
  fmt::print("ecs-sim: listening on {}{}\n", urls, exporters);
  static_cast<void>(std::fflush(stdout));
}

support::Result<void> Serve(const Flags& flags) {
  const sigset_t signals = BlockStopSignals();
  auto made = MakeAccount(flags);
  if (!made) return tl::unexpected(std::move(made).error());
  made->account->KeepStopped(flags.stopped_lifetime);
  KeyRing keys;
  AddKeys(flags, made->account->id(), keys);
  FaultPlan faults;
  faults.Replace(flags.faults);
  BearerTokens tokens;
  for (const std::string& token : flags.tokens) {
    if (auto set = tokens.Set(token); !set) return tl::unexpected(std::move(set).error());
  }
  Churn churn(*made->account, flags.seed);
  if (flags.churn > 0) churn.Start(flags.churn);
  Service service(
      {.account = *made->account, .keys = keys, .faults = faults, .tokens = tokens, .churn = churn},
      {.paging = flags.paging,
       .session_lifetime = flags.session_lifetime,
       .external_ids = flags.external_ids,
       .published_limits = flags.published_limits,
       .limits_percent = flags.limits_percent},
      [] { return std::chrono::system_clock::now(); });
  auto exporters = ExporterServer::Start(std::move(made->exporters));
  if (!exporters) return tl::unexpected(std::move(exporters).error());
  const auto fronts = StartFronts(flags, [&](const HttpRequest& request) {
    if (IsControlPath(request.path)) return HandleControl(request, service);
    return flags.gzip ? Compress(request, service.Handle(request)) : service.Handle(request);
  });
  if (!fronts) return tl::unexpected(fronts.error());
  Announce(*fronts, flags.exporters ? fmt::format(" ({} exporters)", (*exporters)->size()) : "");
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
