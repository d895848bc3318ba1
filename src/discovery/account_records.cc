#include "discovery/account_records.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/reach.h"
#include "core/records.h"
#include "core/resolve.h"
#include "discovery/instance_answers.h"
#include "discovery/known_state.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

bool IsMachine(std::string_view id) {
  return id.starts_with("mi-");
}

std::string_view MessageOf(const support::Error* error) {
  return error == nullptr ? std::string_view() : std::string_view(error->message);
}

// The first wait is over by the next refresh; the longest is as long as a task is left alone.
std::chrono::seconds WaitAfter(int answers) {
  constexpr std::chrono::seconds kLongest = std::chrono::minutes(10);
  if (answers <= 1) return std::chrono::seconds(0);
  return std::min(kLongest, std::chrono::seconds(30) * (1 << std::min(answers - 2, 5)));
}

}  // namespace

std::string_view ReferencesFound::WhyNoDefinition() const {
  return MessageOf(why_no_definition);
}

std::string_view ReferencesFound::WhyNoInstance() const {
  return instance_state.empty() ? MessageOf(why_no_instance) : std::string_view(instance_state);
}

void AccountRecords::BeginRefresh(const Freshness& freshness) {
  freshness_ = freshness;
  machines_.BeginRefresh(freshness);
  unknown_.BeginRefresh(freshness.now);
  inquiries_.clear();
  definitions_.Trim();
  instances_.Trim();
  addresses_.Trim();
  constexpr std::chrono::hours kForgotten(1);
  std::erase_if(waiting_,
                [&](const auto& each) { return each.second.next + kForgotten < freshness.now; });
}

void AccountRecords::PutDefinition(const std::string& arn, core::TaskDefinition definition) {
  definitions_.Put(arn, std::make_shared<const core::TaskDefinition>(std::move(definition)));
  Answer(arn);
  ++definition_counts_.misses;
}

// Without an instance it is still being registered, and is asked for again.
void AccountRecords::PutContainerInstance(core::ContainerInstance instance) {
  Answer(instance.arn);
  ++instance_counts_.misses;
  // It is being registered, or nothing is known of such an id: asked for again in the next refresh.
  if (!IsInstanceId(instance.instance_id)) return;
  auto arn = instance.arn;
  instances_.Put(std::move(arn),
                 std::make_shared<const core::ContainerInstance>(std::move(instance)));
}

void AccountRecords::PutInstance(core::Instance instance) {
  Answer(instance.id);
  ++address_counts_.misses;
  unknown_.NoteKnown(instance.id);
  if (instance.addresses.empty()) {
    auto& waiting = waiting_[instance.id];
    waiting.next = freshness_.now + WaitAfter(++waiting.answers);
    return;
  }
  waiting_.erase(instance.id);
  if (!core::CanBeReached(instance)) {
    if (IsMachine(instance.id)) machines_.Distrust(instance.id);
    auto& inquiry = inquiries_[instance.id];
    inquiry.useless = std::make_shared<const core::Instance>(std::move(instance));
    return;
  }
  if (IsMachine(instance.id)) KeepMachine(instance);
  auto id = instance.id;
  addresses_.Put(std::move(id), std::make_shared<const core::Instance>(std::move(instance)));
}

void AccountRecords::KeepMachine(core::Instance& machine) {
  machine.read = freshness_.system;
  machines_.Read(machine.id);
  const auto before = addresses_.Find(machine.id);
  if (!before || before->addresses == machine.addresses) return;
  for (const auto* address : {&before->addresses.ipv4, &before->addresses.ipv6}) {
    if (!address->empty()) moved_from_.push_back(*address);
  }
}

void AccountRecords::PutUnknownInstance(const std::string& id) {
  Answer(id);
  ++address_counts_.misses;
  if (IsMachine(id)) {
    machines_.Distrust(id);
  } else {
    unknown_.NoteUnknown(id);
  }
}

void AccountRecords::PutUnread(const std::string& key, support::Error error) {
  inquiries_[key] = {.answered = true, .error = std::move(error)};
}

bool AccountRecords::HasDefinition(const std::string& arn) {
  return IsTold(arn) || definitions_.Find(arn) != nullptr;
}

bool AccountRecords::HasContainerInstance(const std::string& arn) {
  return IsTold(arn) || instances_.Find(arn) != nullptr;
}

bool AccountRecords::HasInstance(const std::string& id) {
  if (IsTold(id)) return true;
  if (addresses_.Find(id) != nullptr && (!IsMachine(id) || machines_.IsFresh(id))) return true;
  const auto waiting = waiting_.find(id);
  return waiting != waiting_.end() && freshness_.now < waiting->second.next;
}

bool AccountRecords::Ask(const std::string& key) {
  return inquiries_.try_emplace(key).second;
}

bool AccountRecords::IsAsked(const std::string& key) const {
  const auto found = inquiries_.find(key);
  return found != inquiries_.end() && !found->second.answered;
}

std::shared_ptr<const core::TaskDefinition> AccountRecords::Definition(const std::string& arn) {
  return definitions_.Find(arn);
}

std::shared_ptr<const core::ContainerInstance> AccountRecords::ContainerInstance(
    const std::string& arn) {
  return instances_.Find(arn);
}

const support::Error* AccountRecords::WhyUnread(const std::string& key) const {
  const auto found = inquiries_.find(key);
  return found == inquiries_.end() || !found->second.error ? nullptr : &*found->second.error;
}

void AccountRecords::CountHit(bool found, const std::string& key, CacheCounts& counts) const {
  if (found && !IsTold(key)) ++counts.hits;
}

ReferencesFound AccountRecords::ReferencesOf(const core::Task& task) {
  ReferencesFound references;
  references.known.definition = definitions_.Find(task.definition_arn);
  references.why_no_definition = WhyUnread(task.definition_arn);
  CountHit(references.known.definition != nullptr, task.definition_arn, definition_counts_);
  if (task.container_instance_arn.empty()) return references;
  references.known.container_instance = instances_.Find(task.container_instance_arn);
  if (!references.known.container_instance) {
    references.why_no_instance = WhyUnread(task.container_instance_arn);
    return references;
  }
  CountHit(true, task.container_instance_arn, instance_counts_);
  FindAddress(task, references);
  return references;
}

void AccountRecords::FindAddress(const core::Task& task, ReferencesFound& references) {
  const auto& id = references.known.container_instance->instance_id;
  const bool machine = IsMachine(id);
  if (machine) machines_.Use(id);
  references.known.instance = addresses_.Find(id);
  CountHit(references.known.instance != nullptr, id, address_counts_);
  const auto inquiry = inquiries_.find(id);
  if (inquiry != inquiries_.end() && inquiry->second.useless)
    references.known.instance = inquiry->second.useless;
  // What is kept goes on to hold when it could not be asked for again, until it is too old.
  if (references.known.instance == nullptr || (machine && !machines_.IsFresh(id)))
    references.why_no_instance = WhyUnread(id);
  if (!machine) DescribeState(task, references);
}

void AccountRecords::DescribeState(const core::Task& task, ReferencesFound& references) const {
  const auto& id = references.known.container_instance->instance_id;
  if (!unknown_.IsUnknown(id)) return;
  references.instance_state = "EC2 does not know this instance or reports it as terminated";
  if (!task.disconnected || references.known.container_instance->agent_connected) return;
  references.instance_unknown = true;
  references.instance_gone = unknown_.IsGone(id);
  references.instance_state += ", and ECS reports its agent as disconnected";
  if (references.instance_gone) {
    references.known.instance.reset();
    references.instance_state += "; the instance has ended";
  } else if (!references.known.instance) {
    references.instance_state +=
        "; a known target there is kept until this has been so for five "
        "minutes";
  }
}

const support::Error* AccountRecords::WhyUnknown(const core::Task& task,
                                                 const ReferencesFound& references) {
  if (!core::IsLive(task)) return nullptr;
  if (!references.known.definition) return references.why_no_definition;
  if (!core::NeedsInstance(task, *references.known.definition)) return nullptr;
  return references.why_no_instance;
}

std::vector<AddressWarning> AccountRecords::AddressWarnings() const {
  std::vector<std::shared_ptr<const core::Instance>> machines;
  addresses_.ForEach([&](const auto& each) {
    if (IsMachine(each->id) && machines_.IsUsed(each->id)) machines.push_back(each);
  });
  return FindAddressWarnings(machines);
}

void AccountRecords::Restore(const KnownState& state) {
  for (const auto& each : state.definitions) definitions_.Put(each->arn, each);
  for (const auto& each : state.instances) instances_.Put(each->arn, each);
  for (const auto& each : state.addresses) {
    addresses_.Put(each->id, each);
    if (IsMachine(each->id)) machines_.Restore(each->id, each->read);
  }
}

void AccountRecords::Save(KnownState& state) const {
  definitions_.ForEach([&](const auto& each) { state.definitions.push_back(each); });
  instances_.ForEach([&](const auto& each) { state.instances.push_back(each); });
  addresses_.ForEach([&](const auto& each) { state.addresses.push_back(each); });
}

}  // namespace ecsd::discovery
