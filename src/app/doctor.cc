#include "app/doctor.h"

#include <fmt/core.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/aws_account.h"
#include "app/check.h"
#include "app/commands.h"
#include "app/named_cluster.h"
#include "app/standard_output.h"
#include "aws/advice.h"
#include "aws/credentials.h"
#include "aws/settings.h"
#include "config/options.h"
#include "core/cluster_name.h"
#include "output/probe.h"
#include "output/readers.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {
namespace {

using support::Error;
using support::ErrorKind;
using support::Result;

// Things that do not exist: a call that names one is refused for that only after its permission was
// checked.
const std::string kNoCluster = "prometheus-ecs-discovery-doctor";
const std::string kNoTask = "00000000000000000000000000000000";
const std::string kNoDefinition = "prometheus-ecs-discovery-doctor:1";
const std::string kNoEc2Instance = "i-00000000000000000";
const std::string kNoManagedInstance = "mi-00000000000000000";

// A refusal because of the made-up name shows that the permission is there.
bool IsPermitted(const Error& error) {
  return error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kRejected;
}

std::string FixFor(const Error& error, std::string_view permission) {
  if (error.kind == ErrorKind::kDenied && error.message.ends_with(aws::AdviceToGrant(permission)))
    return fmt::format("allow {} in the IAM policy", permission);
  if (error.kind == ErrorKind::kThrottled) return "try again later";
  if (error.kind == ErrorKind::kTransport || error.kind == ErrorKind::kTimeout) {
    return "check the network, the proxy and the endpoint";
  }
  return "see the message";
}

template <typename T>
Check CheckPermission(std::string_view permission, const Result<T>& result) {
  if (result || IsPermitted(result.error())) {
    return {
        .state = CheckState::kGood, .name = std::string(permission), .text = "allowed", .fix = {}};
  }
  return {.state = CheckState::kFailed,
          .name = std::string(permission),
          .text = result.error().message,
          .fix = FixFor(result.error(), permission)};
}

// Makes a failed check of something optional a warning that says what is lost.
Check Optional(Check check, std::string_view loss) {
  if (check.state != CheckState::kFailed) return check;
  check.state = CheckState::kWarning;
  check.text = fmt::format("{}: {}", loss, check.text);
  return check;
}

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
          .fix = FixFor(identity.error(), "sts:GetCallerIdentity")};
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

Check CheckOutput(const std::string& path) {
  const auto writability = output::ProbeOutput(path);
  Check check{.state = CheckState::kGood, .name = "output", .text = path, .fix = {}};
  if (!writability) {
    check.state = CheckState::kFailed;
    check.text = writability.error().message;
    check.fix = "give the program's user write access to the directory, or change -config.write-to";
  } else if (*writability == output::Writability::kInPlace) {
    check.state = CheckState::kWarning;
    check.text = path + " can only be written in place, so Prometheus may read a part of it";
    check.fix = "give the program's user write access to the directory";
  } else if (const auto why = output::WhyOnlyOwnerReads(path)) {
    check.state = CheckState::kWarning;
    check.text = fmt::format("{}: {}", path, *why);
    check.fix = "let Prometheus read it, unless it runs as the same user";
  }
  return check;
}

KnownAccount AccountOf(const Result<std::string>& identity) {
  return {.id = identity ? std::string(core::AccountOfArn(*identity)) : std::string(),
          .where = "identity"};
}

std::vector<Check> CheckPermissions(const CommandContext& context, const KnownAccount& account,
                                    const aws::Deadline& deadline) {
  const auto& ecs = context.account.ecs();
  const auto& named = context.options.cluster;
  const auto clusters = ecs.ListClusters(deadline);
  const bool listed = clusters && !clusters->empty();
  // Policies may allow single clusters only, so a real one is asked about where there is one.
  const auto found = listed ? clusters->front() : kNoCluster;
  const auto cluster = named.empty() ? found : named;
  auto list_clusters = CheckPermission("ecs:ListClusters", clusters);
  const auto described = ecs.DescribeClusters({&cluster, 1}, deadline);
  auto describe_clusters = CheckPermission("ecs:DescribeClusters", described);
  const bool all = named.empty();
  std::vector<Check> checks;
  if (!all) {
    checks.push_back(CheckDescribedCluster(named, described, context.account.settings(), account));
  }
  checks.push_back(all ? list_clusters
                       : Optional(list_clusters, "needed without -config.cluster only"));
  checks.push_back(
      all ? Optional(describe_clusters,
                     "needed with -config.cluster, and to see that clusters were deleted")
          : describe_clusters);
  checks.push_back(CheckPermission("ecs:ListTasks", ecs.ListTasks(cluster, deadline)));
  checks.push_back(
      CheckPermission("ecs:DescribeTasks", ecs.DescribeTasks(cluster, {&kNoTask, 1}, deadline)));
  checks.push_back(CheckPermission("ecs:DescribeTaskDefinition",
                                   ecs.DescribeTaskDefinition(kNoDefinition, deadline)));
  checks.push_back(
      CheckPermission("ecs:DescribeContainerInstances",
                      ecs.DescribeContainerInstances(cluster, {&kNoTask, 1}, deadline)));
  checks.push_back(CheckPermission("ec2:DescribeInstances", context.account.ec2().DescribeInstances(
                                                                {&kNoEc2Instance, 1}, deadline)));
  checks.push_back(Optional(CheckPermission("ssm:DescribeInstanceInformation",
                                            context.account.ssm().DescribeInstanceInformation(
                                                {&kNoManagedInstance, 1}, deadline)),
                            "optional; without it tasks on ECS Anywhere have no address"));
  return checks;
}

}  // namespace

bool Doctor(const CommandContext& context) {
  context.watchdog.Expect("checking", context.options.refresh_timeout + kRefreshMargin);
  const aws::Deadline deadline{.stop = context.stop,
                               .at = context.clock.Steady() + context.options.refresh_timeout};
  std::vector<Check> checks;
  checks.push_back(CheckCredentials(context.account, deadline));
  checks.push_back(CheckRegion(context.account.settings()));
  AddEndpoints(context.account.settings(), checks);
  const bool can_call = AllGood(checks);
  if (can_call) {
    const auto identity = context.account.sts().GetCallerIdentity(deadline);
    checks.push_back(CheckIdentity(identity));
    auto permissions = CheckPermissions(context, AccountOf(identity), deadline);
    checks.push_back(CheckClock(context.account));
    checks.insert(checks.end(), permissions.begin(), permissions.end());
  }
  if (!context.options.write_to.empty()) {
    checks.push_back(CheckOutput(context.options.write_to));
  }
  context.watchdog.Allow("printing");
  const bool printed = Print(context.options.json ? RenderChecksJson(checks) : RenderChecks(checks),
                             context.stop, context.log);
  return AllGood(checks) && printed;
}

void PrintBadConfiguration(const config::Options& options, const support::Error& error,
                           const std::stop_token& stop, const telemetry::Log& log) {
  if (options.command != config::Command::kDoctor || !options.json) return;
  const Check check{.state = CheckState::kFailed,
                    .name = "configuration",
                    .text = error.message,
                    .fix = "see the message"};
  static_cast<void>(Print(RenderChecksJson({&check, 1}), stop, log));  // the status is 2 anyway
}

}  // namespace ecsd::app
