#include "aws/call_stats.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/endpoint.h"
#include "support/mutex.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

constexpr std::array<std::pair<Service, std::string_view>, 9> kActions = {{
    {kEcs, "ListClusters"},
    {kEcs, "DescribeClusters"},
    {kEcs, "ListTasks"},
    {kEcs, "DescribeTasks"},
    {kEcs, "DescribeTaskDefinition"},
    {kEcs, "DescribeContainerInstances"},
    {kEc2, "DescribeInstances"},
    {kSsm, "DescribeInstanceInformation"},
    {kSts, "AssumeRole"},
}};

bool CanFail(const ActionStats& stats, support::ErrorKind kind) {
  using support::ErrorKind;
  if (kind == ErrorKind::kConfig || kind == ErrorKind::kCancelled || kind == ErrorKind::kIo ||
      kind == ErrorKind::kResource) {
    return false;
  }
  if (kind == ErrorKind::kNotFound) {
    return stats.service == kEcs.signing_name && stats.action != "ListClusters";
  }
  return kind != ErrorKind::kUnsupported || stats.service == kEc2.signing_name;
}

}  // namespace

std::vector<support::ErrorKind> FailureKindsOf(const ActionStats& stats) {
  std::vector<support::ErrorKind> kinds;
  if (stats.calls == 0) return kinds;
  for (std::size_t i = 0; i < stats.failures.size(); ++i) {
    const auto kind = static_cast<support::ErrorKind>(i);
    if (stats.failures.at(i) > 0 || CanFail(stats, kind)) kinds.push_back(kind);
  }
  return kinds;
}

CallStats::CallStats() {
  const support::MutexLock lock(mutex_);
  for (const auto& [service, action] : kActions) {
    actions_[{service.signing_name, action}] = {.service = service.signing_name, .action = action};
  }
}

void CallStats::Count(const CallRecord& record) {
  const support::MutexLock lock(mutex_);
  auto& stats = actions_[{record.service.signing_name, record.action}];
  stats.service = record.service.signing_name;
  stats.action = record.action;
  ++stats.calls;
  if (record.is_retry) ++stats.retries;
  stats.bytes += record.bytes;
  if (record.error != nullptr) ++stats.failures.at(static_cast<std::size_t>(record.error->kind));
}

std::vector<ActionStats> CallStats::View() const {
  const support::MutexLock lock(mutex_);
  std::vector<ActionStats> view;
  view.reserve(actions_.size());
  for (const auto& [key, stats] : actions_) view.push_back(stats);
  return view;
}

}  // namespace ecsd::aws
