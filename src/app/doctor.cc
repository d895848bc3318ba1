#include "app/doctor.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "app/aws_account.h"
#include "app/check.h"
#include "app/commands.h"
#include "app/doctor_account.h"
#include "app/named_cluster.h"
#include "app/standard_output.h"
#include "aws/credentials.h"
#include "aws/settings.h"
#include "config/options.h"
#include "core/arn.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

using support::Result;

Check CheckCredentials(AwsAccount& account, const aws::Deadline& deadline) {
  const auto credentials = account.credentials().Get(deadline);
  if (credentials) {
    return {.state = CheckState::kGood,
            .name = "credentials",
            .text = fmt::format("{}: {}", credentials->source, credentials->access_key_id),
            .fix = {},
            .details = {{"source", credentials->source},
                        {"access_key_id", credentials->access_key_id}}};
  }
  return {.state = CheckState::kFailed,
          .name = "credentials",
          .text = credentials.error().message,
          .fix =
              "give the program a task or instance role, a web identity, AWS_PROFILE or keys; "
              "with -config.role-arn allow sts:AssumeRole on that role"};
}

Check CheckRegion(const aws::Settings& settings) {
  return {.state = CheckState::kGood,
          .name = "region",
          .text = fmt::format("{} from {}", settings.region, settings.region_source),
          .fix = {},
          .details = {{"region", settings.region}, {"source", settings.region_source}}};
}

void AddEndpoints(const aws::Settings& settings, std::vector<Check>& checks) {
  for (const auto& [service, url] : settings.endpoints) {
    const auto& source = settings.endpoint_sources.at(service);
    checks.push_back({.state = CheckState::kGood,
                      .name = "endpoint " + service,
                      .text = fmt::format("{} from {}", url, source),
                      .fix = {},
                      .details = {{"service", service}, {"endpoint", url}, {"source", source}}});
  }
}

Check CheckIdentity(const Result<std::string>& identity) {
  if (identity)
    return {.state = CheckState::kGood, .name = "identity", .text = *identity, .fix = {}};
  return {.state = CheckState::kFailed,
          .name = "identity",
          .text = identity.error().message,
          .fix = "see the message"};
}

// AWS refuses requests that are more than five minutes off (IAM User Guide, "Troubleshoot Signature
// Version 4").
Check CheckClock(const AwsAccount& account) {
  const auto ahead = account.clock_ahead();
  Check check{.state = CheckState::kGood, .name = "clock", .text = {}, .fix = {}};
  if (!ahead) {
    check.state = CheckState::kWarning;
    check.text = "not known: no answer from AWS to compare with";
    check.fix = "see the other checks";
    return check;
  }
  const auto seconds = ahead->count();
  check.text = fmt::format("{} s {} AWS", seconds < 0 ? -seconds : seconds,
                           seconds < 0 ? "behind" : "ahead of");
  const auto off = std::chrono::abs(*ahead);
  if (off >= std::chrono::minutes(1)) {
    check.state = off >= std::chrono::minutes(5) ? CheckState::kFailed : CheckState::kWarning;
    check.fix = "set the clock of this machine, for example with chrony";
  }
  return check;
}

KnownAccount AccountOf(const Result<std::string>& identity) {
  return {.id = identity ? std::string(core::AccountOfArn(*identity)) : std::string(),
          .where = "identity"};
}

// The program does not need this call: where others work, a VPC without an endpoint of STS is
// enough.
void JudgeIdentity(std::span<const Check> permissions, Check& identity) {
  const bool called = std::ranges::any_of(permissions, [](const Check& check) {
    return check.name.starts_with("ecs:") && check.state == CheckState::kGood;
  });
  if (identity.state != CheckState::kFailed || !called) return;
  identity.state = CheckState::kWarning;
  identity.text = "not known, and not needed: " + identity.text;
}

std::vector<Check> CheckAws(const CommandContext& context) {
  const aws::Deadline deadline{.stop = context.stop,
                               .at = context.clock.Steady() + context.options.refresh_timeout};
  std::vector<Check> checks;
  checks.push_back(CheckCredentials(context.account, deadline));
  checks.push_back(CheckRegion(context.account.settings()));
  AddEndpoints(context.account.settings(), checks);
  if (!AllGood(checks)) {
    for (auto& check : AccountNotChecked("no credentials")) checks.push_back(std::move(check));
    return checks;
  }
  const auto identity = context.account.sts().GetCallerIdentity(deadline);
  auto permissions =
      CheckAccount(context.account, context.options.cluster, AccountOf(identity), deadline);
  auto identity_check = CheckIdentity(identity);
  JudgeIdentity(permissions, identity_check);
  checks.push_back(std::move(identity_check));
  checks.push_back(CheckClock(context.account));
  std::ranges::move(permissions, std::back_inserter(checks));
  return checks;
}

bool PrintChecks(const config::Options& options, std::span<const Check> checks,
                 const std::stop_token& stop, const telemetry::Log& log) {
  return Print(options.json ? RenderChecksJson(checks) : RenderChecks(checks), stop, log);
}

}  // namespace

bool Doctor(const CommandContext& context, std::vector<Check> start) {
  context.watchdog.Expect("checking", context.options.refresh_timeout + kRefreshMargin);
  auto checks = CheckAws(context);
  checks.push_back({.state = CheckState::kGood,
                    .name = "paths",
                    .text = "no two settings name one file that is written",
                    .fix = {}});
  std::ranges::move(start, std::back_inserter(checks));
  context.watchdog.Allow("printing");
  return PrintChecks(context.options, checks, context.stop, context.log) && AllGood(checks);
}

void DoctorWithoutAws(const config::Options& options, const support::Error& error,
                      std::vector<Check> start, const std::stop_token& stop,
                      const telemetry::Log& log) {
  std::vector<Check> checks = {{.state = CheckState::kFailed,
                                .name = "configuration",
                                .text = error.message,
                                .fix = "see the message"}};
  std::ranges::move(start, std::back_inserter(checks));
  static_cast<void>(PrintChecks(options, checks, stop, log));  // it has failed anyway
}

}  // namespace ecsd::app
