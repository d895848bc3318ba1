#include "discovery/account_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "aws/ec2_client.h"
#include "aws/ec2_codec.h"
#include "aws/ecs_client.h"
#include "aws/ecs_codec.h"
#include "aws/ssm_client.h"
#include "aws/ssm_codec.h"
#include "core/records.h"
#include "core/resolve.h"
#include "discovery/account_records.h"
#include "support/parallel.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

// Enough to hide the latency of a call, few enough not to use up a bucket of 20 calls a second at
// once.
constexpr std::size_t kCallsInFlight = 8;

constexpr std::string_view kMissing = "MISSING";

using Keys = std::unordered_set<std::string>;

void SortUnique(std::vector<std::string>& keys) {
  std::ranges::sort(keys);
  const auto repeated = std::ranges::unique(keys);
  keys.erase(repeated.begin(), repeated.end());
}

// Part of what is asked for in one cluster (by its index), small enough for one call.
struct Batch {
  std::size_t cluster = 0;
  std::vector<std::string> keys;
};

void AppendBatches(std::size_t cluster, const std::vector<std::string>& keys, std::size_t size,
                   std::vector<Batch>& batches) {
  for (std::span<const std::string> left(keys); !left.empty();) {
    const auto now = left.first(std::min(size, left.size()));
    batches.push_back({.cluster = cluster, .keys = {now.begin(), now.end()}});
    left = left.subspan(now.size());
  }
}

// Calls `call(batch)` for each batch, several at a time, and returns the results in their order.
template <typename T, typename CallBatch>
std::vector<Result<T>> CallAll(const std::vector<Batch>& batches, const CallBatch& call) {
  std::vector<Result<T>> results(batches.size());
  support::ParallelFor(batches.size(), kCallsInFlight,
                       [&](std::size_t i) { results[i] = call(batches[i]); });
  return results;
}

// The keys of `batch` that the answer says nothing of: it neither describes them nor says that they
// are gone.
template <typename T>
std::vector<std::string> Unanswered(const Batch& batch, const aws::Described<T>& answer) {
  Keys waiting(batch.keys.begin(), batch.keys.end());
  for (const auto& item : answer.items) waiting.erase(item.arn);
  for (const auto& failure : answer.failures) {
    if (failure.reason == kMissing) waiting.erase(failure.arn);
  }
  return {waiting.begin(), waiting.end()};
}

// Takes the tasks that were asked for, each once, and notes those that the answer says nothing of.
void TakeTasks(const Batch& batch, aws::Described<core::Task> answer, ClusterReading& reading) {
  std::ranges::move(Unanswered(batch, answer), std::back_inserter(reading.unanswered));
  Keys waiting(batch.keys.begin(), batch.keys.end());
  for (auto& task : answer.items) {
    if (waiting.erase(task.arn) > 0) reading.tasks.push_back(std::move(task));
  }
}

template <typename T>
void Forget(const Keys& used, RecordMap<T>& records) {
  std::erase_if(records, [&](const auto& entry) { return !used.contains(entry.first); });
}

void ForgetUnused(const std::vector<ClusterReading>& clusters, AccountRecords& records) {
  Keys used;
  for (const auto& cluster : clusters) {
    for (const auto& task : cluster.tasks) {
      used.insert(task.definition_arn);
      used.insert(task.container_instance_arn);
    }
  }
  Forget(used, records.definitions);
  Forget(used, records.instances);
  Keys instance_ids;
  for (const auto& [arn, instance] : records.instances) instance_ids.insert(instance->instance_id);
  Forget(instance_ids, records.addresses);
}

// The keys that `key_of` gives for live tasks and that are not in `known`, sorted.
template <typename T, typename KeyOf>
std::vector<std::string> MissingKeys(const ClusterReading& cluster, const RecordMap<T>& known,
                                     const KeyOf& key_of) {
  std::vector<std::string> keys;
  for (const auto& task : cluster.tasks) {
    if (!core::IsLive(task)) continue;
    const auto& key = key_of(task);
    if (!key.empty() && !known.contains(key)) keys.push_back(key);
  }
  SortUnique(keys);
  return keys;
}

// Managed daemons have definitions of another resource type, which DescribeTaskDefinition does not
// know.
bool IsTaskDefinition(const std::string& arn) {
  return arn.find(":task-definition/") != std::string::npos;
}

void MarkUnread(const std::vector<std::string>& keys, const support::Error& error,
                AccountRecords& records) {
  for (const auto& key : keys) records.unread.insert_or_assign(key, error);
}

// Instances of ECS Anywhere are known to Systems Manager only; one of their ids would make EC2
// refuse the whole call.
constexpr std::string_view kEc2Prefix = "i-";
constexpr std::string_view kManagedPrefix = "mi-";

// The ids of container instances that begin with `prefix` and whose addresses are not known,
// sorted.
std::vector<std::string> IdsWithoutAddress(std::string_view prefix, const AccountRecords& records) {
  std::vector<std::string> ids;
  for (const auto& [arn, instance] : records.instances) {
    const auto& id = instance->instance_id;
    if (id.starts_with(prefix) && !records.addresses.contains(id)) ids.push_back(id);
  }
  SortUnique(ids);
  return ids;
}

void TakeAddresses(const std::vector<Batch>& batches,
                   std::vector<Result<std::vector<core::Instance>>> answers,
                   AccountRecords& records) {
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (!answers[i]) {
      MarkUnread(batches[i].keys, answers[i].error(), records);
      continue;
    }
    for (auto& instance : *answers[i]) {
      auto id = instance.id;
      records.addresses[std::move(id)] =
          std::make_shared<const core::Instance>(std::move(instance));
    }
  }
}

}  // namespace

AccountReader::AccountReader(AccountClients clients, std::string cluster, std::string region)
    : clients_(clients), cluster_(std::move(cluster)), region_(std::move(region)) {}

Result<std::vector<std::string>> AccountReader::SelectClusters(
    const aws::Deadline& deadline) const {
  if (cluster_.empty()) {
    return clients_.ecs.ListClusters(deadline).map([](std::vector<std::string> arns) {
      SortUnique(arns);
      return arns;
    });
  }
  const auto answer = clients_.ecs.DescribeClusters({&cluster_, 1}, deadline);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->items.empty()) {
    const auto reason = answer->failures.empty() ? std::string() : answer->failures.front().reason;
    if (!reason.empty() && reason != kMissing) {
      return Fail(ErrorKind::kRejected, fmt::format("cluster \"{}\": {}", cluster_, reason));
    }
    return Fail(
        ErrorKind::kNotFound,
        fmt::format("cluster \"{}\" does not exist in {}; check -config.cluster and the region",
                    cluster_, region_));
  }
  const auto& cluster = answer->items.front();
  if (cluster.status == "INACTIVE") {
    return Fail(
        ErrorKind::kNotFound,
        fmt::format("cluster \"{}\" was deleted (INACTIVE); check -config.cluster", cluster_));
  }
  return std::vector{cluster.arn};
}

std::vector<ClusterReading> AccountReader::ReadClusters(const std::vector<std::string>& arns,
                                                        const aws::Deadline& deadline) const {
  std::vector<ClusterReading> readings(arns.size());
  std::vector<std::vector<std::string>> listed(arns.size());
  support::ParallelFor(arns.size(), kCallsInFlight, [&](std::size_t i) {
    readings[i].arn = arns[i];
    auto tasks = clients_.ecs.ListTasks(arns[i], deadline);
    if (tasks) {
      listed[i] = *std::move(tasks);
      SortUnique(listed[i]);
    } else {
      readings[i].error = std::move(tasks).error();
    }
  });
  std::vector<Batch> batches;
  for (std::size_t i = 0; i < arns.size(); ++i)
    AppendBatches(i, listed[i], aws::kEcsBatch, batches);
  auto answers = CallAll<aws::Described<core::Task>>(batches, [&](const Batch& batch) {
    return clients_.ecs.DescribeTasks(arns[batch.cluster], batch.keys, deadline);
  });
  for (std::size_t i = 0; i < batches.size(); ++i) {
    auto& reading = readings[batches[i].cluster];
    if (answers[i]) {
      TakeTasks(batches[i], *std::move(answers[i]), reading);
    } else if (!reading.error) {
      reading.error = std::move(answers[i]).error();
    }
  }
  return readings;
}

void AccountReader::ReadRecords(const std::vector<ClusterReading>& clusters,
                                const aws::Deadline& deadline, AccountRecords& records) const {
  records.unread.clear();
  const bool all_read = std::ranges::none_of(
      clusters, [](const ClusterReading& cluster) { return cluster.error.has_value(); });
  if (all_read) ForgetUnused(clusters, records);
  ReadDefinitions(clusters, deadline, records);
  ReadContainerInstances(clusters, deadline, records);
  ReadAddresses(deadline, records);
  ReadManagedAddresses(deadline, records);
}

void AccountReader::ReadDefinitions(const std::vector<ClusterReading>& clusters,
                                    const aws::Deadline& deadline, AccountRecords& records) const {
  std::vector<std::string> arns;
  for (const auto& cluster : clusters) {
    std::ranges::copy_if(MissingKeys(cluster, records.definitions,
                                     [](const core::Task& task) { return task.definition_arn; }),
                         std::back_inserter(arns), IsTaskDefinition);
  }
  SortUnique(arns);
  std::vector<Batch> batches;
  AppendBatches(0, arns, 1, batches);
  auto answers = CallAll<core::TaskDefinition>(batches, [&](const Batch& batch) {
    return clients_.ecs.DescribeTaskDefinition(batch.keys.front(), deadline);
  });
  for (std::size_t i = 0; i < arns.size(); ++i) {
    if (answers[i]) {
      records.definitions[arns[i]] =
          std::make_shared<const core::TaskDefinition>(*std::move(answers[i]));
    } else {
      records.unread.insert_or_assign(arns[i], std::move(answers[i]).error());
    }
  }
}

void AccountReader::ReadContainerInstances(const std::vector<ClusterReading>& clusters,
                                           const aws::Deadline& deadline,
                                           AccountRecords& records) const {
  const auto needed_instance = [&](const core::Task& task) {
    const auto* definition = Find(records.definitions, task.definition_arn);
    const bool needed = definition != nullptr && core::NeedsInstance(task, *definition);
    return needed ? task.container_instance_arn : std::string();
  };
  std::vector<Batch> batches;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    AppendBatches(i, MissingKeys(clusters[i], records.instances, needed_instance), aws::kEcsBatch,
                  batches);
  }
  auto answers = CallAll<aws::Described<core::ContainerInstance>>(batches, [&](const Batch& batch) {
    return clients_.ecs.DescribeContainerInstances(clusters[batch.cluster].arn, batch.keys,
                                                   deadline);
  });
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (!answers[i]) {
      MarkUnread(batches[i].keys, answers[i].error(), records);
      continue;
    }
    MarkUnread(
        Unanswered(batches[i], *answers[i]),
        {.kind = ErrorKind::kMalformed,
         .message =
             "ECS DescribeContainerInstances: no answer for some of the instances asked for"},
        records);
    for (auto& instance : answers[i]->items) {
      auto arn = instance.arn;
      records.instances[std::move(arn)] =
          std::make_shared<const core::ContainerInstance>(std::move(instance));
    }
  }
}

void AccountReader::ReadAddresses(const aws::Deadline& deadline, AccountRecords& records) const {
  std::vector<Batch> batches;
  AppendBatches(0, IdsWithoutAddress(kEc2Prefix, records), aws::kEc2Batch, batches);
  auto answers = CallAll<std::vector<core::Instance>>(batches, [&](const Batch& batch) {
    return clients_.ec2.DescribeInstances(batch.keys, deadline);
  });
  TakeAddresses(batches, std::move(answers), records);
}

void AccountReader::ReadManagedAddresses(const aws::Deadline& deadline,
                                         AccountRecords& records) const {
  std::vector<Batch> batches;
  AppendBatches(0, IdsWithoutAddress(kManagedPrefix, records), aws::kSsmBatch, batches);
  auto answers = CallAll<std::vector<core::Instance>>(batches, [&](const Batch& batch) {
    return clients_.ssm.DescribeInstanceInformation(batch.keys, deadline);
  });
  for (auto& answer : answers) {
    // This permission is optional: without it these tasks have a reason, and nothing else waits for
    // them.
    if (!answer && answer.error().kind == ErrorKind::kDenied)
      answer.error().kind = ErrorKind::kNotFound;
  }
  TakeAddresses(batches, std::move(answers), records);
}

}  // namespace ecsd::discovery
