#include "discovery/inventory.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/target.h"
#include "discovery/account_reader.h"
#include "discovery/account_records.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::Error;
using support::ErrorKind;

// "There is none" is an answer: waiting for another would hold everything back for ever.
bool IsFinal(const Error& error) {
  return error.kind == ErrorKind::kNotFound;
}

}  // namespace

std::optional<Error> WhyIncomplete(const ClusterReading& reading, const AccountRecords& records) {
  if (reading.error) return reading.error;
  for (const auto& task : reading.tasks) {
    const auto* why = records.WhyUnknown(task);
    if (why != nullptr && !IsFinal(*why)) return *why;
  }
  if (reading.unanswered.empty()) return std::nullopt;
  return Error{.kind = ErrorKind::kMalformed,
               .message = fmt::format(
                   "ECS DescribeTasks: no answer that can be understood for {} of the tasks asked "
                   "for, such as {}",
                   reading.unanswered.size(), reading.unanswered.front())};
}

void Inventory::UpdateCluster(const ClusterReading& reading, const AccountRecords& records,
                              ClusterState& state) const {
  std::map<std::string, Outcomes> tasks;
  const auto keep_known = [&](const std::string& arn) {
    auto known = state.tasks.extract(arn);
    const bool found = !known.empty();
    if (found) tasks.insert(std::move(known));
    return found;
  };
  for (const auto& task : reading.tasks) {
    const bool unknown = records.WhyUnknown(task) != nullptr;
    if (!unknown || !keep_known(task.arn)) {
      tasks[task.arn] = core::ResolveTask(task, records.ReferencesOf(task), selection_);
    }
  }
  for (const auto& arn : reading.unanswered) keep_known(arn);
  state.tasks = std::move(tasks);
}

std::vector<ClusterHealth> Inventory::Update(const std::vector<ClusterReading>& readings,
                                             const AccountRecords& records) {
  std::vector<ClusterHealth> healths;
  std::map<std::string, ClusterState> clusters;
  for (const auto& reading : readings) {
    auto& state = clusters[reading.arn] = std::move(clusters_[reading.arn]);
    ClusterHealth health{
        .arn = reading.arn, .was_read = state.ever_read, .was_good = state.good, .error = {}};
    health.error = WhyIncomplete(reading, records);
    if (!reading.error) UpdateCluster(reading, records, state);
    state.good = !health.error.has_value();
    state.ever_read = state.ever_read || state.good;
    healths.push_back(std::move(health));
  }
  clusters_ = std::move(clusters);
  ready_ = ready_ ||
           std::ranges::all_of(clusters_, [](const auto& entry) { return entry.second.ever_read; });
  return healths;
}

std::vector<core::Target> Inventory::Targets() const {
  std::vector<core::Target> targets;
  for (const auto& [arn, state] : clusters_) {
    for (const auto& [task, outcomes] : state.tasks) {
      for (const auto& outcome : outcomes) {
        if (outcome) targets.push_back(*outcome);
      }
    }
  }
  std::ranges::sort(targets, core::FileOrder);
  return targets;
}

core::ReasonCounts Inventory::Reasons() const {
  core::ReasonCounts counts{};
  for (const auto& [arn, state] : clusters_) {
    for (const auto& [task, outcomes] : state.tasks) {
      for (const auto& outcome : outcomes) {
        if (!outcome) ++counts.at(static_cast<std::size_t>(outcome.error().reason));
      }
    }
  }
  return counts;
}

std::size_t Inventory::task_count() const {
  std::size_t count = 0;
  for (const auto& [arn, state] : clusters_) count += state.tasks.size();
  return count;
}

}  // namespace ecsd::discovery
