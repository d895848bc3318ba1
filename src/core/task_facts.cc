#include "core/task_facts.h"

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/interner.h"
#include "core/packing.h"
#include "core/reach.h"
#include "core/record_members.h"
#include "core/records.h"

namespace ecsd::core {
namespace {

constexpr std::string_view kTask = ":task/";
constexpr std::string_view kContainer = ":container/";

// "arn:...:container/prod/0f1e/" of "arn:...:task/prod/0f1e"; empty when it has another form.
std::string ContainerPrefix(std::string_view task_arn) {
  const auto at = task_arn.find(kTask);
  if (at == std::string_view::npos) return {};
  std::string prefix(task_arn.substr(0, at));
  prefix += kContainer;
  prefix += task_arn.substr(at + kTask.size());
  prefix += '/';
  return prefix;
}

// The ARN of a container, without what its task has already.
template <typename Codec, typename T>
void ArnBelow(const std::string& prefix, Codec& codec, T& arn) {
  bool is_below = !prefix.empty() && arn.starts_with(prefix);
  codec(is_below);
  if constexpr (std::is_const_v<T>) {
    codec(std::string_view(arn).substr(is_below ? prefix.size() : 0));
  } else {
    codec(arn);
    if (is_below) arn.insert(0, prefix);
  }
}

// An ARN that is nearly always that of the known `thing`.
template <typename Thing, typename Codec, typename T>
void ArnOf(const std::shared_ptr<const Thing>& thing, Codec& codec, T& arn) {
  UsualText(codec, arn, thing == nullptr ? std::string_view() : std::string_view(thing->arn));
}

// Two records of one instance differ in when they were read.
bool IsSame(const std::shared_ptr<const Instance>& left,
            const std::shared_ptr<const Instance>& right) {
  if (left == right) return true;
  return left && right && left->id == right->id && left->addresses == right->addresses;
}

template <typename T>
bool IsSame(const std::shared_ptr<const T>& left, const std::shared_ptr<const T>& right) {
  return left == right || (left && right && *left == *right);
}

bool IsSame(const TaskReferences& left, const TaskReferences& right) {
  return IsSame(left.definition, right.definition) &&
         IsSame(left.container_instance, right.container_instance) &&
         IsSame(left.instance, right.instance);
}

// What is packed of a container besides its ARN.
template <typename Codec, typename T>
void PackContainer(const std::string& prefix, Codec& codec, T& container) {
  auto& [arn, name, last_status, addresses, bindings] = container;
  ArnBelow(prefix, codec, arn);
  codec(name);
  UsualText(codec, last_status, "RUNNING");
  codec(addresses);
  codec(bindings);
}

// What is packed of a task: all but its ARN, its version and what texts are shared.
template <typename Codec, typename T>
void PackTask(const TaskReferences& references, const std::string& prefix, Codec& codec, T& task) {
  ArnOf(references.definition, codec, task.definition_arn);
  ArnOf(references.container_instance, codec, task.container_instance_arn);
  UsualText(codec, task.desired_status, "RUNNING");
  UsualText(codec, task.last_status, "RUNNING");
  codec(task.disconnected);
  codec(task.has_network_interface);
  codec(task.interface_addresses);
  std::uint64_t count = task.containers.size();
  codec(count);
  if constexpr (!std::is_const_v<T>) task.containers.resize(count);
  for (auto& container : task.containers) PackContainer(prefix, codec, container);
}

template <typename Codec, typename T>
void PackRecord(const TaskReferences& references, Codec& codec, T& record) {
  PackTask(references, ContainerPrefix(record.task.arn), codec, record.task);
  codec(record.why_no_definition);
  codec(record.why_no_instance);
  codec(record.recovered);
}

}  // namespace

TaskFacts::TaskFacts(const TaskRecord& record, TaskReferences references, SharedTexts& texts)
    : references_(std::move(references)),
      cluster_arn_(texts.Intern(record.task.cluster_arn)),
      group_(texts.Intern(record.task.group)),
      version_(record.task.version),
      arn_size_(static_cast<std::uint32_t>(record.task.arn.size())),
      packed_(record.task.arn) {
  Packer packer;
  PackRecord(references_, packer, record);
  packed_ += packer.Take();
  packed_.shrink_to_fit();
}

void TaskFacts::Unpack(TaskRecord& record) const {
  record.task.arn = arn();
  record.task.cluster_arn = *cluster_arn_;
  record.task.group = *group_;
  record.task.version = version_;
  TrustedUnpacker unpacker(std::string_view(packed_).substr(arn_size_));
  PackRecord(references_, unpacker, record);
}

TaskRecord TaskFacts::Unpack() const {
  TaskRecord record;
  Unpack(record);
  return record;
}

bool operator==(const TaskFacts& left, const TaskFacts& right) {
  return left.packed_ == right.packed_ && left.version_ == right.version_ &&
         *left.cluster_arn_ == *right.cluster_arn_ && *left.group_ == *right.group_ &&
         IsSame(left.references_, right.references_);
}

References ReferencesOf(const TaskReferences& references, const TaskRecord& record) {
  References all{.definition = references.definition.get()};
  all.why_no_definition = record.why_no_definition;
  all.why_no_instance = record.why_no_instance;
  if (references.container_instance) all.instance_id = references.container_instance->instance_id;
  if (references.instance) all.instance = &references.instance->addresses;
  return all;
}

}  // namespace ecsd::core
