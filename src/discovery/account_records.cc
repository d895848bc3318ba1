#include "discovery/account_records.h"

#include <string>
#include <string_view>

#include "core/reach.h"
#include "core/records.h"
#include "core/resolve.h"
#include "support/result.h"

namespace ecsd::discovery {
namespace {

std::string_view MessageOf(const support::Error* error) {
  return error == nullptr ? std::string_view() : std::string_view(error->message);
}

}  // namespace

const support::Error* AccountRecords::WhyUnread(const std::string& key) const {
  const auto found = unread.find(key);
  return found == unread.end() ? nullptr : &found->second;
}

core::References AccountRecords::ReferencesOf(const core::Task& task) const {
  core::References references{.definition = Find(definitions, task.definition_arn)};
  references.why_no_definition = MessageOf(WhyUnread(task.definition_arn));
  const auto* instance = Find(instances, task.container_instance_arn);
  if (instance == nullptr) {
    references.why_no_instance = MessageOf(WhyUnread(task.container_instance_arn));
    return references;
  }
  references.instance_id = instance->instance_id;
  references.why_no_instance = MessageOf(WhyUnread(instance->instance_id));
  const auto* found = Find(addresses, instance->instance_id);
  if (found != nullptr) references.instance = &found->addresses;
  return references;
}

const support::Error* AccountRecords::WhyUnknown(const core::Task& task) const {
  if (!core::IsLive(task)) return nullptr;
  const auto* definition = Find(definitions, task.definition_arn);
  if (definition == nullptr) return WhyUnread(task.definition_arn);
  if (!core::NeedsInstance(task, *definition)) return nullptr;
  const auto* instance = Find(instances, task.container_instance_arn);
  return WhyUnread(instance == nullptr ? task.container_instance_arn : instance->instance_id);
}

}  // namespace ecsd::discovery
