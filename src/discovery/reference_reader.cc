#include "discovery/reference_reader.h"

#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/ec2_codec.h"
#include "aws/ecs_codec.h"
#include "aws/ssm_codec.h"
#include "core/records.h"
#include "core/resolve.h"
#include "discovery/batches.h"
#include "discovery/call_queue.h"
#include "discovery/instance_answers.h"
#include "discovery/response_checks.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::ErrorKind;

// Instances of ECS Anywhere are known to Systems Manager only; one of their ids would make EC2
// refuse the whole call.
constexpr std::string_view kEc2Prefix = "i-";
constexpr std::string_view kManagedPrefix = "mi-";

// How many tasks may wait for instances that do not fill a batch. A task takes about 2 kB.
constexpr std::size_t kMostWaiting = 8000;

// Managed daemons have definitions of another resource type, which DescribeTaskDefinition does not
// know.
bool IsTaskDefinition(const std::string& arn) {
  return arn.find(":task-definition/") != std::string::npos;
}

// `answer`, unless it is not about the definition `arn`.
support::Result<core::TaskDefinition> Checked(const std::string& arn,
                                              support::Result<core::TaskDefinition> answer) {
  const auto fault = answer ? FaultOf(*answer, arn) : std::nullopt;
  if (!fault) return answer;
  return support::Fail(
      ErrorKind::kMalformed,
      fmt::format("ECS DescribeTaskDefinition: the definition in the response for {} {}", arn,
                  *fault));
}

support::Error Malformed(std::string_view call, const std::string& key) {
  return {.kind = ErrorKind::kMalformed,
          .message = fmt::format("{}: no answer that can be understood for {}", call, key)};
}

}  // namespace

bool ReferenceReader::IsReady(const std::string& cluster, const core::Task& task) {
  if (!core::IsLive(task)) return true;
  if (!HasDefinition(task)) return false;
  const auto definition = records_.Definition(task.definition_arn);
  if (!definition || !core::NeedsInstance(task, *definition)) return true;
  const auto& arn = task.container_instance_arn;
  if (arn.empty()) return true;
  const auto renew = task.disconnected ? Renew::kYes : Renew::kNo;
  if (!HasContainerInstance(cluster, arn, renew)) return false;
  const auto instance = records_.ContainerInstance(arn);
  if (!instance) return true;
  const bool lost = task.disconnected && !instance->agent_connected;
  return HasAddress(instance->instance_id, lost ? Renew::kYes : Renew::kNo);
}

std::string_view ReferenceReader::CallOf(AddressSource source) {
  return source == AddressSource::kEc2 ? "EC2 DescribeInstances"
                                       : "SSM DescribeInstanceInformation";
}

bool ReferenceReader::IsAnswered(const std::string& key) {
  if (const auto found = noted_.find(key); found != noted_.end()) ++found->second;
  return !records_.IsAsked(key);
}

void ReferenceReader::CountAnew() {
  for (auto& [key, tasks] : noted_) tasks = 0;
}

bool ReferenceReader::HasDefinition(const core::Task& task) {
  const auto& arn = task.definition_arn;
  if (!IsTaskDefinition(arn)) return true;
  if (!records_.HasDefinition(arn) && records_.Ask(arn)) AskDefinition(arn);
  return !records_.IsAsked(arn);
}

bool ReferenceReader::HasContainerInstance(const std::string& cluster, const std::string& arn,
                                           Renew renew) {
  const bool known =
      renew == Renew::kYes ? records_.IsTold(arn) : records_.HasContainerInstance(arn);
  if (!known && records_.Ask(arn)) {
    noted_instances_[cluster].push_back(arn);
    noted_.emplace(arn, 0);
  }
  return IsAnswered(arn);
}

bool ReferenceReader::HasAddress(const std::string& id, Renew renew) {
  const bool is_ec2 = id.starts_with(kEc2Prefix);
  if (!is_ec2 && !id.starts_with(kManagedPrefix)) return true;
  const bool known =
      is_ec2 && renew == Renew::kYes ? records_.IsTold(id) : records_.HasInstance(id);
  if (!known && records_.Ask(id)) {
    (is_ec2 ? noted_ec2_ : noted_managed_).push_back(id);
    noted_.emplace(id, 0);
  }
  return IsAnswered(id);
}

void ReferenceReader::AskNoted(Take take) {
  AskSomeNoted(take);
  std::size_t waiting = 0;
  for (const auto& [key, tasks] : noted_) waiting += tasks;
  if (take == Take::kFull && waiting >= kMostWaiting) AskSomeNoted(Take::kAll);
}

void ReferenceReader::AskSomeNoted(Take take) {
  // Container instances that are asked for now will have addresses to ask for, in the same batches.
  if (AskNotedContainerInstances(take)) take = Take::kFull;
  for (auto& batch : TakeNoted(noted_ec2_, aws::kEc2Batch, take)) AskEc2(std::move(batch));
  for (auto& batch : TakeNoted(noted_managed_, aws::kSsmBatch, take))
    AskSystemsManager(std::move(batch));
}

bool ReferenceReader::AskNotedContainerInstances(Take take) {
  bool asked = false;
  for (auto& [cluster, arns] : noted_instances_) {
    for (auto& batch : TakeNoted(arns, aws::kEcsBatch, take)) {
      AskContainerInstances(cluster, std::move(batch));
      asked = true;
    }
  }
  return asked;
}

std::vector<std::vector<std::string>> ReferenceReader::TakeNoted(std::vector<std::string>& keys,
                                                                 std::size_t size, Take take) {
  auto batches = TakeBatches(keys, size, take);
  for (const auto& batch : batches) {
    for (const auto& key : batch) noted_.erase(key);
  }
  return batches;
}

// A task that runs has a definition: a response that it does not exist, or that contradicts itself,
// is asked for once more.
void ReferenceReader::AskDefinition(const std::string& arn, bool again) {
  queue_.Submit(Urgency::kAwaited, [this, arn, again]() -> CallQueue::Done {
    auto reply = Checked(arn, clients_.ecs.DescribeTaskDefinition(arn, deadline_));
    return [this, arn, again, answer = std::move(reply)]() mutable {
      const bool wrong = !answer && (answer.error().kind == ErrorKind::kNotFound ||
                                     answer.error().kind == ErrorKind::kMalformed);
      if (answer) {
        records_.PutDefinition(arn, *std::move(answer));
      } else if (wrong && !again) {
        AskDefinition(arn, true);
      } else {
        records_.PutUnread(arn, std::move(answer).error());
      }
    };
  });
}

void ReferenceReader::AskContainerInstances(const std::string& cluster,
                                            std::vector<std::string> keys) {
  queue_.Submit(Urgency::kFirst, [this, cluster, batch = std::move(keys)]() -> CallQueue::Done {
    auto reply = clients_.ecs.DescribeContainerInstances(cluster, batch, deadline_);
    return [this, cluster, batch, answer = std::move(reply)]() mutable {
      if (!answer) {
        for (const auto& arn : batch) records_.PutUnread(arn, answer.error());
        return;
      }
      TakeContainerInstances(cluster, SortContainerInstances(batch, *std::move(answer)));
    };
  });
}

void ReferenceReader::TakeContainerInstances(const std::string& cluster,
                                             SortedAnswer<core::ContainerInstance> answers) {
  for (auto& instance : answers.items) {
    const auto id = instance.instance_id;
    const bool connected = instance.agent_connected;
    records_.PutContainerInstance(std::move(instance));
    if (!connected) disconnected_.insert(id);
  }
  std::vector<std::string> again;
  for (const auto& arn : answers.missing) {
    if (!AsksAgain(arn, records_.KeepsContainerInstance(arn), again)) records_.PutAbsent(arn);
  }
  for (const auto& arn : answers.unanswered) {
    if (AsksAgain(arn, records_.KeepsContainerInstance(arn), again)) continue;
    records_.PutUnread(arn, Malformed("ECS DescribeContainerInstances", arn));
  }
  if (!again.empty()) AskContainerInstances(cluster, std::move(again));
}

bool ReferenceReader::AsksAgain(const std::string& key, bool known,
                                std::vector<std::string>& again) {
  if (known || !asked_again_.insert(key).second) return false;
  again.push_back(key);
  return true;
}

void ReferenceReader::TakeAddresses(AddressSource source, const std::vector<std::string>& batch,
                                    support::Result<std::vector<core::Instance>> answer) {
  if (!answer) {
    for (const auto& id : batch) records_.PutUnread(id, answer.error());
    return;
  }
  auto answers = SortInstances(batch, *std::move(answer));
  for (auto& instance : answers.items) {
    if (instance.terminated) {
      TakeUnknown(instance.id);
    } else {
      records_.PutInstance(std::move(instance));
    }
  }
  std::vector<std::string> again;
  for (const auto& id : answers.missing) {
    if (!AsksAgain(id, records_.KeepsInstance(id), again)) TakeUnknown(id);
  }
  for (const auto& id : answers.unanswered) {
    if (AsksAgain(id, records_.KeepsInstance(id), again)) continue;
    records_.PutUnread(id, Malformed(CallOf(source), id));
  }
  if (!again.empty()) AskAddresses(source, std::move(again));
}

void ReferenceReader::TakeUnknown(const std::string& id) {
  records_.PutUnknownInstance(id);
  if (disconnected_.contains(id)) records_.PutDisconnected(id);
}

void ReferenceReader::AskAddresses(AddressSource source, std::vector<std::string> keys) {
  if (source == AddressSource::kEc2) {
    AskEc2(std::move(keys));
  } else {
    AskSystemsManager(std::move(keys));
  }
}

void ReferenceReader::AskMachinesDue() {
  auto due = records_.MachinesDue();
  std::erase_if(due, [&](const std::string& id) { return !records_.Ask(id); });
  for (auto& batch : SplitIntoBatches(due, aws::kSsmBatch)) AskSystemsManager(std::move(batch));
}

void ReferenceReader::AskEc2(std::vector<std::string> keys) {
  queue_.Submit(Urgency::kFirst, [this, batch = std::move(keys)]() -> CallQueue::Done {
    auto reply = clients_.ec2.DescribeInstances(batch, deadline_);
    return [this, batch, answer = std::move(reply)]() mutable {
      TakeAddresses(AddressSource::kEc2, batch, std::move(answer));
    };
  });
}

void ReferenceReader::AskSystemsManager(std::vector<std::string> keys) {
  queue_.Submit(Urgency::kFirst, [this, batch = std::move(keys)]() -> CallQueue::Done {
    auto reply = clients_.ssm.DescribeInstanceInformation(batch, deadline_);
    // This permission is optional: without it these tasks have a reason, and nothing else waits for
    // them.
    if (!reply && reply.error().kind == ErrorKind::kDenied)
      reply.error().kind = ErrorKind::kNotFound;
    return [this, batch, answer = std::move(reply)]() mutable {
      TakeAddresses(AddressSource::kSystemsManager, batch, std::move(answer));
    };
  });
}

}  // namespace ecsd::discovery
