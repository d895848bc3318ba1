#include "app/doctor_account.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/aws_account.h"
#include "app/check.h"
#include "app/named_cluster.h"
#include "aws/advice.h"
#include "aws/credentials.h"
#include "core/explain.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::app {
namespace {

using support::Error;
using support::ErrorKind;
using support::Result;

// How many tasks are looked at: some are likely to run on an instance, where there are instances.
constexpr int kSomeTasks = 10;
// One page, to tell how many there are.
constexpr std::size_t kSomeClusters = 100;

constexpr std::string_view kListClusters = "ecs:ListClusters";
constexpr std::string_view kDescribeClusters = "ecs:DescribeClusters";
constexpr std::string_view kListTasks = "ecs:ListTasks";
constexpr std::string_view kDescribeTasks = "ecs:DescribeTasks";
constexpr std::string_view kDescribeDefinition = "ecs:DescribeTaskDefinition";
constexpr std::string_view kDescribeContainerInstances = "ecs:DescribeContainerInstances";
constexpr std::string_view kDescribeInstances = "ec2:DescribeInstances";
constexpr std::string_view kDescribeMachines = "ssm:DescribeInstanceInformation";

// In the order in which they are checked: each needs what those before it returned.
constexpr std::array kPermissions = {
    kListClusters,       kDescribeClusters,           kListTasks,         kDescribeTasks,
    kDescribeDefinition, kDescribeContainerInstances, kDescribeInstances, kDescribeMachines};

std::string FixFor(const Error& error, std::string_view permission) {
  if (error.kind == ErrorKind::kDenied && error.message.ends_with(aws::AdviceToGrant(permission)))
    return fmt::format("allow {} in the IAM policy", permission);
  if (error.kind == ErrorKind::kThrottled) return "try again later";
  if (error.kind == ErrorKind::kTransport || error.kind == ErrorKind::kTimeout)
    return "check the network, the proxy and the endpoint";
  return "see the message";
}

// Makes a failed check of something optional a warning that says what is lost.
void MakeOptional(std::string_view loss, Check& check) {
  if (check.state != CheckState::kFailed) return;
  check.state = CheckState::kWarning;
  check.text = fmt::format("{}: {}", loss, check.text);
}

void AddOnce(const std::string& text, std::vector<std::string>& texts) {
  if (!text.empty() && std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

// Which of the clusters is looked at: permissions may differ between them.
std::string Sampled(const std::vector<std::string>& clusters) {
  if (clusters.size() < 2) return {};
  return fmt::format(
      "({}{} clusters; the checks below are of {}, those of another one need "
      "-config.cluster)",
      clusters.size() == kSomeClusters ? "at least " : "", clusters.size(),
      core::ShortName(clusters.front()));
}

class AccountChecks {
 public:
  AccountChecks(AwsAccount& account, const KnownAccount& owner, const aws::Deadline& deadline)
      : account_(account), owner_(owner), deadline_(deadline) {}

  void CheckFirst();
  void CheckNamed(const std::string& cluster);
  // Notes that `first` and all after it are not checked.
  void SkipFrom(std::string_view first, const std::string& why);
  [[nodiscard]] std::vector<Check> Take() { return std::move(checks_); }

 private:
  void CheckTasks(const std::string& cluster);
  void CheckDefinition(std::span<const core::Task> tasks, const std::string& where);
  void CheckContainerInstances(const std::string& cluster, std::span<const core::Task> tasks,
                               const std::string& where);
  void CheckInstances(std::span<const core::ContainerInstance> instances, const std::string& where);
  void Skip(std::string_view permission, const std::string& why) {
    checks_.push_back(NotChecked(std::string(permission), why));
  }
  // Notes how a call went, `where` it was made. True when it has a result to go on with.
  template <typename T>
  bool Note(std::string_view permission, const std::string& where, const Result<T>& result);

  AwsAccount& account_;
  const KnownAccount& owner_;
  const aws::Deadline& deadline_;
  std::vector<Check> checks_;
};

template <typename T>
bool AccountChecks::Note(std::string_view permission, const std::string& where,
                         const Result<T>& result) {
  Check check{.state = CheckState::kGood, .name = std::string(permission), .text = {}, .fix = {}};
  // What was there a moment ago may have ended; AWS has checked the permission before it says so.
  const bool gone = !result && result.error().kind == ErrorKind::kNotFound;
  if (result || (gone && permission != kListTasks)) {
    check.text = where.empty() ? "allowed" : "allowed " + where;
  } else {
    check.state = CheckState::kFailed;
    check.text = result.error().message;
    check.fix = FixFor(result.error(), permission);
  }
  checks_.push_back(std::move(check));
  return result.has_value();
}

void AccountChecks::SkipFrom(std::string_view first, const std::string& why) {
  const auto* from = std::ranges::find(kPermissions, first);
  for (; from != kPermissions.end(); ++from) Skip(*from, why);
}

void AccountChecks::CheckFirst() {
  const auto clusters = account_.ecs().ListSomeClusters(static_cast<int>(kSomeClusters), deadline_);
  if (!Note(kListClusters, clusters ? Sampled(*clusters) : std::string(), clusters)) {
    SkipFrom(kDescribeClusters, "no cluster is known; name one with -config.cluster");
    return;
  }
  if (clusters->empty()) {
    const auto where = fmt::format("region {}{}", account_.region(),
                                   owner_.id.empty() ? "" : ", account " + owner_.id);
    checks_.push_back({.state = CheckState::kWarning,
                       .name = "clusters",
                       .text = "there is no ECS cluster in " + where,
                       .fix = "check the region and the role, unless none is expected yet"});
    SkipFrom(kDescribeClusters, "no cluster in " + where);
    return;
  }
  const auto& cluster = clusters->front();
  Note(kDescribeClusters, "for cluster " + core::ShortName(cluster),
       account_.ecs().DescribeClusters({&cluster, 1}, deadline_));
  MakeOptional("needed with -config.cluster, and to see that clusters were deleted",
               checks_.back());
  CheckTasks(cluster);
}

void AccountChecks::CheckNamed(const std::string& cluster) {
  const auto described = account_.ecs().DescribeClusters({&cluster, 1}, deadline_);
  auto check = CheckDescribedCluster(cluster, described, account_.settings(), owner_);
  const bool failed = check.state == CheckState::kFailed;
  checks_.push_back(std::move(check));
  Note(kDescribeClusters, "for cluster " + core::ShortName(cluster), described);
  if (failed) {
    SkipFrom(kListTasks, fmt::format("cluster {} cannot be read", cluster));
  } else {
    CheckTasks(cluster);
  }
}

void AccountChecks::CheckTasks(const std::string& cluster) {
  const auto name = "cluster " + core::ShortName(cluster);
  const auto where = "in " + name;
  const auto tasks = account_.ecs().ListSomeTasks(cluster, kSomeTasks, deadline_);
  if (!Note(kListTasks, where, tasks)) {
    SkipFrom(kDescribeTasks, "the tasks of " + name + " are not known");
    return;
  }
  if (tasks->empty()) {
    SkipFrom(kDescribeTasks, "no tasks in " + name);
    return;
  }
  const auto described = account_.ecs().DescribeTasks(cluster, *tasks, deadline_);
  if (!Note(kDescribeTasks, where, described) || described->items.empty()) {
    SkipFrom(kDescribeDefinition, "no task of " + name + " is known");
    return;
  }
  CheckDefinition(described->items, where);
  CheckContainerInstances(cluster, described->items, where);
}

void AccountChecks::CheckDefinition(std::span<const core::Task> tasks, const std::string& where) {
  const auto& arn = tasks.front().definition_arn;
  if (arn.empty()) {
    Skip(kDescribeDefinition, "no task definition " + where);
    return;
  }
  Note(kDescribeDefinition, "for " + core::ShortName(arn),
       account_.ecs().DescribeTaskDefinition(arn, deadline_));
}

void AccountChecks::CheckContainerInstances(const std::string& cluster,
                                            std::span<const core::Task> tasks,
                                            const std::string& where) {
  std::vector<std::string> arns;
  for (const auto& task : tasks) AddOnce(task.container_instance_arn, arns);
  if (arns.empty()) {
    SkipFrom(kDescribeContainerInstances,
             fmt::format("no container instances {} (tasks looked at: {})", where, tasks.size()));
    return;
  }
  const auto instances = account_.ecs().DescribeContainerInstances(cluster, arns, deadline_);
  if (!Note(kDescribeContainerInstances, where, instances)) {
    SkipFrom(kDescribeInstances, "the container instances " + where + " are not known");
    return;
  }
  CheckInstances(instances->items, where);
}

void AccountChecks::CheckInstances(std::span<const core::ContainerInstance> instances,
                                   const std::string& where) {
  std::vector<std::string> ec2;
  std::vector<std::string> machines;
  for (const auto& instance : instances) {
    const auto& id = instance.instance_id;
    if (id.starts_with("i-")) AddOnce(id, ec2);
    if (id.starts_with("mi-")) AddOnce(id, machines);
  }
  const auto looked_at =
      fmt::format("{} (container instances looked at: {})", where, instances.size());
  if (ec2.empty()) {
    Skip(kDescribeInstances, "no EC2 instances " + looked_at);
  } else {
    Note(kDescribeInstances, "for " + ec2.front(),
         account_.ec2().DescribeInstances(ec2, deadline_));
  }
  if (machines.empty()) {
    Skip(kDescribeMachines, "no ECS Anywhere instances " + looked_at);
  } else {
    Note(kDescribeMachines, "for " + machines.front(),
         account_.ssm().DescribeInstanceInformation(machines, deadline_));
    MakeOptional("optional; without it tasks on ECS Anywhere have no address", checks_.back());
  }
}

}  // namespace

std::vector<Check> CheckAccount(AwsAccount& account, const std::string& named,
                                const KnownAccount& owner, const aws::Deadline& deadline) {
  AccountChecks checks(account, owner, deadline);
  if (named.empty()) {
    checks.CheckFirst();
  } else {
    checks.CheckNamed(named);
  }
  return checks.Take();
}

std::vector<Check> AccountNotChecked(const std::string& why) {
  std::vector<Check> checks;
  checks.reserve(kPermissions.size());
  for (const auto permission : kPermissions)
    checks.push_back(NotChecked(std::string(permission), why));
  return checks;
}

}  // namespace ecsd::app
