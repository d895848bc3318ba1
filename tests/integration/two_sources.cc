// two-sources FLAGS... -- FLAGS...: discovers as many sources as there are lists of flags, in one
// process with one output file. Each list is flags of the program, of one source; what is of the
// process (the file, the number of refreshes, the log) is taken from the first. Exit status 0 when
// every source ended well, or after SIGTERM.

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/commands.h"
#include "app/prepare.h"
#include "app/service_manager.h"
#include "app/signals.h"
#include "app/supervisor.h"
#include "app/watchdog.h"
#include "aws/environment.h"
#include "aws/limiter.h"
#include "config/command_line.h"
#include "config/options.h"
#include "support/clock.h"
#include "telemetry/log.h"

namespace {

using ecsd::config::Options;

std::vector<Options> ParseAll(std::span<char*> arguments) {
  std::vector<Options> all;
  for (auto rest = arguments; !rest.empty();) {
    const auto end = std::ranges::find(rest, std::string_view("--"),
                                       [](const char* text) { return std::string_view(text); });
    const std::vector<std::string_view> flags(rest.begin(), end);
    auto parsed = ecsd::config::ParseCommandLine(flags);
    if (!parsed) fmt::print(stderr, "{}\n", parsed.error().message);
    if (!parsed || !std::holds_alternative<Options>(*parsed)) return {};
    all.push_back(std::get<Options>(*std::move(parsed)));
    rest = rest.subspan(std::min(rest.size(), flags.size() + 1));
  }
  return all;
}

ecsd::aws::Environment ReadEnvironment() {
  std::map<std::string, std::string, std::less<>> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = std::min(text.find('='), text.size());
    variables.emplace(text.substr(0, equals), text.substr(std::min(equals + 1, text.size())));
  }
  return ecsd::aws::Environment(std::move(variables));
}

int Discover(const std::vector<Options>& all) {
  const ecsd::telemetry::Log log(all.front().log_level, all.front().log_format);
  const ecsd::support::RealClock clock;
  std::stop_source stop;
  ecsd::app::Alarm alarm;
  const ecsd::app::Signals signals(stop, [&alarm] { alarm.Ring(); });
  const auto environment = ReadEnvironment();
  const ecsd::app::ServiceManager service(environment, ::getpid(), clock);
  ecsd::app::Watchdog watchdog(stop.get_token(), {}, [](const std::string&, auto) { _exit(3); });
  ecsd::aws::Limiter limiter(all.front().rate_share, clock, log);
  std::vector<std::unique_ptr<ecsd::app::AwsAccount>> accounts;
  std::vector<ecsd::app::SourceParts> sources;
  for (const auto& options : all) {
    auto parameters = ecsd::app::Prepare(options, environment,
                                         {.clock = clock, .log = log, .stop = stop.get_token()});
    if (!parameters) {
      fmt::print(stderr, "{}\n", parameters.error().message);
      return 2;
    }
    accounts.push_back(
        std::make_unique<ecsd::app::AwsAccount>(*std::move(parameters), limiter, clock, log));
    sources.push_back({.options = options, .account = *accounts.back()});
  }
  const ecsd::app::CommandContext context{.options = all.front(),
                                          .account = *accounts.front(),
                                          .clock = clock,
                                          .log = log,
                                          .watchdog = watchdog,
                                          .service = service,
                                          .stop = stop.get_token()};
  ecsd::app::Supervisor supervisor(context, sources, alarm, nullptr);
  return supervisor.Run(stop.get_token()) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  ecsd::app::BlockSignals();
  const auto all = ParseAll(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  return all.empty() ? 2 : Discover(all);
}
