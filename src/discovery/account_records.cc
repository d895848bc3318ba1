#include "discovery/account_records.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/reach.h"
#include "core/records.h"
#include "core/resolve.h"
#include "discovery/known_state.h"
#include "support/clock.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

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

core::References TaskReferences::ForCore() const {
  core::References references{.definition = definition.get()};
  references.why_no_definition = MessageOf(why_no_definition);
  references.why_no_instance = MessageOf(why_no_instance);
  if (container_instance) references.instance_id = container_instance->instance_id;
  if (instance) references.instance = &instance->addresses;
  return references;
}

void AccountRecords::BeginRefresh(support::SteadyTime now) {
  now_ = now;
  inquiries_.clear();
  definitions_.Trim();
  instances_.Trim();
  addresses_.Trim();
  constexpr std::chrono::hours kForgotten(1);
  std::erase_if(waiting_, [&](const auto& each) { return each.second.next + kForgotten < now; });
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
  if (instance.instance_id.empty()) return;
  auto arn = instance.arn;
  instances_.Put(std::move(arn),
                 std::make_shared<const core::ContainerInstance>(std::move(instance)));
}

void AccountRecords::PutInstance(core::Instance instance) {
  Answer(instance.id);
  ++address_counts_.misses;
  if (instance.addresses.empty()) {
    auto& waiting = waiting_[instance.id];
    waiting.next = now_ + WaitAfter(++waiting.answers);
    return;
  }
  waiting_.erase(instance.id);
  auto id = instance.id;
  addresses_.Put(std::move(id), std::make_shared<const core::Instance>(std::move(instance)));
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
  if (IsTold(id) || addresses_.Find(id) != nullptr) return true;
  const auto waiting = waiting_.find(id);
  return waiting != waiting_.end() && now_ < waiting->second.next;
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

TaskReferences AccountRecords::ReferencesOf(const core::Task& task) {
  TaskReferences references;
  references.definition = definitions_.Find(task.definition_arn);
  references.why_no_definition = WhyUnread(task.definition_arn);
  CountHit(references.definition != nullptr, task.definition_arn, definition_counts_);
  if (task.container_instance_arn.empty()) return references;
  references.container_instance = instances_.Find(task.container_instance_arn);
  if (!references.container_instance) {
    references.why_no_instance = WhyUnread(task.container_instance_arn);
    return references;
  }
  CountHit(true, task.container_instance_arn, instance_counts_);
  const auto& id = references.container_instance->instance_id;
  references.instance = addresses_.Find(id);
  references.why_no_instance = WhyUnread(id);
  CountHit(references.instance != nullptr, id, address_counts_);
  return references;
}

const support::Error* AccountRecords::WhyUnknown(const core::Task& task,
                                                 const TaskReferences& references) {
  if (!core::IsLive(task)) return nullptr;
  if (!references.definition) return references.why_no_definition;
  if (!core::NeedsInstance(task, *references.definition)) return nullptr;
  return references.why_no_instance;
}

void AccountRecords::Restore(const KnownState& state) {
  for (const auto& each : state.definitions) definitions_.Put(each->arn, each);
  for (const auto& each : state.instances) instances_.Put(each->arn, each);
  for (const auto& each : state.addresses) addresses_.Put(each->id, each);
}

void AccountRecords::Save(KnownState& state) const {
  definitions_.ForEach([&](const auto& each) { state.definitions.push_back(each); });
  instances_.ForEach([&](const auto& each) { state.instances.push_back(each); });
  addresses_.ForEach([&](const auto& each) { state.addresses.push_back(each); });
}

}  // namespace ecsd::discovery
