#include "discovery/reference_reader.h"

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
#include "support/result.h"

namespace ecsd::discovery {
namespace {

using support::ErrorKind;

// Instances of ECS Anywhere are known to Systems Manager only; one of their ids would make EC2
// refuse the whole call.
constexpr std::string_view kEc2Prefix = "i-";
constexpr std::string_view kManagedPrefix = "mi-";

// Managed daemons have definitions of another resource type, which DescribeTaskDefinition does not
// know.
bool IsTaskDefinition(const std::string& arn) {
  return arn.find(":task-definition/") != std::string::npos;
}

}  // namespace

bool ReferenceReader::IsReady(const std::string& cluster, const core::Task& task) {
  if (!core::IsLive(task)) return true;
  if (!HasDefinition(task)) return false;
  const auto definition = records_.Definition(task.definition_arn);
  if (!definition || !core::NeedsInstance(task, *definition)) return true;
  const auto& arn = task.container_instance_arn;
  if (arn.empty()) return true;
  if (!HasContainerInstance(cluster, arn)) return false;
  const auto instance = records_.ContainerInstance(arn);
  return !instance || HasAddress(instance->instance_id);
}

bool ReferenceReader::HasDefinition(const core::Task& task) {
  const auto& arn = task.definition_arn;
  if (!IsTaskDefinition(arn)) return true;
  if (!records_.HasDefinition(arn) && records_.Ask(arn)) AskDefinition(arn);
  return !records_.IsAsked(arn);
}

bool ReferenceReader::HasContainerInstance(const std::string& cluster, const std::string& arn) {
  if (!records_.HasContainerInstance(arn) && records_.Ask(arn))
    noted_instances_[cluster].push_back(arn);
  return !records_.IsAsked(arn);
}

bool ReferenceReader::HasAddress(const std::string& id) {
  const bool is_ec2 = id.starts_with(kEc2Prefix);
  if (!is_ec2 && !id.starts_with(kManagedPrefix)) return true;
  if (!records_.HasInstance(id) && records_.Ask(id))
    (is_ec2 ? noted_ec2_ : noted_managed_).push_back(id);
  return !records_.IsAsked(id);
}

void ReferenceReader::AskNoted() {
  for (const auto& [cluster, arns] : std::exchange(noted_instances_, {})) {
    for (auto& batch : SplitIntoBatches(arns, aws::kEcsBatch))
      AskContainerInstances(cluster, std::move(batch));
  }
  for (auto& batch : SplitIntoBatches(std::exchange(noted_ec2_, {}), aws::kEc2Batch))
    AskEc2(std::move(batch));
  for (auto& batch : SplitIntoBatches(std::exchange(noted_managed_, {}), aws::kSsmBatch))
    AskSystemsManager(std::move(batch));
}

void ReferenceReader::AskDefinition(const std::string& arn) {
  queue_.Submit(Urgency::kAwaited, [this, arn]() -> CallQueue::Done {
    auto reply = clients_.ecs.DescribeTaskDefinition(arn, deadline_);
    return [this, arn, answer = std::move(reply)]() mutable {
      if (answer) {
        records_.PutDefinition(arn, *std::move(answer));
      } else {
        records_.PutUnread(arn, std::move(answer).error());
      }
    };
  });
}

void ReferenceReader::AskContainerInstances(const std::string& cluster,
                                            std::vector<std::string> keys) {
  queue_.Submit(Urgency::kAwaited, [this, cluster, batch = std::move(keys)]() -> CallQueue::Done {
    auto reply = clients_.ecs.DescribeContainerInstances(cluster, batch, deadline_);
    return [this, batch, answer = std::move(reply)]() mutable {
      if (!answer) {
        for (const auto& arn : batch) records_.PutUnread(arn, answer.error());
        return;
      }
      auto sorted = SortAnswer(batch, *std::move(answer));
      for (auto& instance : sorted.items) records_.PutContainerInstance(std::move(instance));
      for (const auto& arn : sorted.missing) records_.PutAbsent(arn);
      for (const auto& arn : sorted.unanswered) {
        records_.PutUnread(arn, {.kind = ErrorKind::kMalformed,
                                 .message = "ECS DescribeContainerInstances: no answer that can be "
                                            "understood for " +
                                            arn});
      }
    };
  });
}

void ReferenceReader::TakeAddresses(const std::vector<std::string>& batch,
                                    const support::Result<std::vector<core::Instance>>& answer) {
  if (!answer) {
    for (const auto& id : batch) records_.PutUnread(id, answer.error());
    return;
  }
  for (const auto& instance : *answer) records_.PutInstance(instance);
  for (const auto& id : batch) {
    if (records_.IsAsked(id)) records_.PutInstance({.id = id, .addresses = {}});
  }
}

void ReferenceReader::AskEc2(std::vector<std::string> keys) {
  queue_.Submit(Urgency::kAwaited, [this, batch = std::move(keys)]() -> CallQueue::Done {
    auto reply = clients_.ec2.DescribeInstances(batch, deadline_);
    return [this, batch, answer = std::move(reply)] { TakeAddresses(batch, answer); };
  });
}

void ReferenceReader::AskSystemsManager(std::vector<std::string> keys) {
  queue_.Submit(Urgency::kAwaited, [this, batch = std::move(keys)]() -> CallQueue::Done {
    auto reply = clients_.ssm.DescribeInstanceInformation(batch, deadline_);
    // This permission is optional: without it these tasks have a reason, and nothing else waits for
    // them.
    if (!reply && reply.error().kind == ErrorKind::kDenied)
      reply.error().kind = ErrorKind::kNotFound;
    return [this, batch, answer = std::move(reply)] { TakeAddresses(batch, answer); };
  });
}

}  // namespace ecsd::discovery
