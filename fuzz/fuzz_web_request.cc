// Requests: whatever comes, there is one answer, and no markup of a stranger gets into the page.
// The input is lines: method, path, query, and the headers that routes read.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "core/target.h"
#include "fuzz/properties.h"
#include "server/board.h"
#include "server/containers.h"
#include "server/document.h"
#include "server/live_web_config.h"
#include "server/login.h"
#include "server/request.h"
#include "server/response.h"
#include "server/site.h"
#include "server/snapshot.h"
#include "server/suspend.h"
#include "support/clock.h"
#include "support/pieces.h"
#include "telemetry/log.h"

namespace ecsd::fuzz {
namespace {

class TwoContainers final : public server::Containers {
 public:
  [[nodiscard]] std::size_t target_count() const override { return 1; }
  [[nodiscard]] std::size_t skipped_count() const override { return 1; }
  void ForEachTarget(std::string_view /*cluster*/,
                     const std::function<bool(const core::Target&)>& each) const override {
    each({.address = "10.0.0.1:80", .labels = {{"cluster_arn", "a:cluster/prod"}}});
  }
  void ForEachSkipped(
      std::string_view /*cluster*/,
      const std::function<bool(const server::SkippedContainer&)>& each) const override {
    each({.cluster = "prod",
          .container = "app",
          .detail = "why",
          .about = nullptr,
          .rules = nullptr});
  }
  [[nodiscard]] server::SkipFacts FactsOf(
      const server::SkippedContainer& /*skipped*/) const override {
    return {.mode = "bridge"};
  }
};

std::shared_ptr<const server::Snapshot> OneOfEach() {
  auto snapshot = std::make_shared<server::Snapshot>();
  snapshot->clusters = {{.arn = "a:cluster/prod", .name = "prod"}};
  snapshot->containers = std::make_shared<const TwoContainers>();
  snapshot->targets_document =
      std::make_shared<const server::Document>("application/json", support::PiecesOf("[]\n"));
  return snapshot;
}

struct World {
  support::RealClock clock;
  telemetry::Log log{telemetry::LogLevel::kError, telemetry::LogFormat::kLogfmt};
  server::Board board{OneOfEach()};
  std::unique_ptr<server::LiveWebConfig> config = *server::LiveWebConfig::Open("", log);
  server::Site site{{.board = board,
                     .config = *config,
                     .clock = clock,
                     .figures = [] { return server::LiveFigures(); },
                     .refresh = [] {},
                     .lifecycle = true,
                     .hosts = {},
                     .unhealthy_after = {},
                     .identity = {}}};
};

void CheckRequest(const std::string& input) {
  static World world;
  server::Request request;
  std::istringstream lines(input);
  for (auto* field : {&request.method, &request.path, &request.query, &request.accept,
                      &request.accept_encoding, &request.authorization, &request.fetch_site,
                      &request.if_none_match, &request.host, &request.origin}) {
    std::getline(lines, *field);
  }
  static_cast<void>(server::ReadBasicLogin(request.authorization));
  // Without users no request is put aside for a login.
  const auto given = world.site.Answer(request, [] { return std::optional<server::Resume>(); });
  Require(given.has_value(), "the response comes at once");
  const auto& response = *given;
  Require(response.status >= 200 && response.status <= 503, "there is an answer");
  for (const auto& header : response.headers) {
    Require(header.value.find_first_of("\r\n") == std::string::npos, "a header is one line");
  }
  const auto query = server::ReadListQuery(request.query);
  Require(server::ReadListQuery(server::ToUrl(query).substr(1)) == query, "a link says the same");
  if (request.path != "/" || response.status != 200 || request.method == "HEAD") return;
  const auto& page = *response.body;
  std::size_t scripts = 0;
  for (auto at = page.find("<script"); at != std::string::npos; at = page.find("<script", at + 1)) {
    ++scripts;
  }
  Require(scripts == 1, "the page has its own script only");
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckRequest({reinterpret_cast<const char*>(data), size});
  return 0;
}
