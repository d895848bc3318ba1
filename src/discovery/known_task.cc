#include "discovery/known_task.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/ip_address.h"
#include "core/reach.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/resolve.h"
#include "core/target.h"
#include "discovery/known_state.h"

namespace ecsd::discovery {
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

// The host of "host:port", without the brackets of an IPv6 address.
std::string_view HostOf(std::string_view address) {
  auto host = address.substr(0, address.rfind(':'));
  if (!host.starts_with('[')) return host;
  host.remove_prefix(1);
  return host.substr(0, host.find(']'));
}

bool IsOnlyNotFound(core::Reason reason) {
  return reason == core::Reason::kDefinitionUnavailable ||
         reason == core::Reason::kNoInstanceAddress;
}

// The order of the file within a task.
std::vector<std::size_t> FileOrderOf(const std::vector<NamedOutcome>& containers) {
  std::vector<std::size_t> order(containers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, {}, [&](std::size_t i) { return std::tuple(containers[i].name, containers[i].arn); });
  return order;
}

ContainerFacts MakeFacts(const NamedOutcome& container, std::string family, std::string revision) {
  ContainerFacts facts;
  facts.name = container.name;
  if (const auto& outcome = *container.outcome) {
    facts.family = outcome->task_name;
    facts.revision = outcome->task_revision;
    facts.image = outcome->docker_image;
    facts.job = outcome->job;
    facts.metrics_path = outcome->metrics_path;
    facts.scheme = outcome->scheme;
  } else {
    facts.family = std::move(family);
    facts.revision = std::move(revision);
  }
  return facts;
}

std::string RevisionOf(const core::TaskDefinition* definition) {
  const bool known = definition != nullptr && definition->revision;
  return known ? std::to_string(*definition->revision) : std::string();
}

// The cluster as the task itself names it, which is a label of its targets and may be absent.
std::string ClusterLabelOf(const TaskOutcome& record) {
  for (const auto& container : record.containers) {
    if (container.outcome) return container.outcome->cluster_arn;
  }
  return record.cluster_arn;
}

}  // namespace

std::size_t HashOfFacts::operator()(const ContainerFacts& facts) const {
  std::size_t hash = 0;
  for (const auto* text : {&facts.family, &facts.revision, &facts.name, &facts.image, &facts.job,
                           &facts.metrics_path, &facts.scheme}) {
    hash = hash * 31 + std::hash<std::string>()(*text);
  }
  return hash;
}

KnownTask::KnownTask(const core::Task& task, const core::TaskDefinition* definition,
                     const std::vector<core::Outcome>& outcomes, SharedValues& shared)
    : cluster_(shared.texts.Intern(task.cluster_arn)),
      group_(shared.texts.Intern(task.group)),
      arn_size_(static_cast<std::uint32_t>(task.arn.size())),
      text_(task.arn) {
  std::vector<NamedOutcome> containers;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto& container = task.containers[i];
    containers.push_back({.name = container.name, .arn = container.arn, .outcome = &outcomes[i]});
  }
  entries_.reserve(containers.size());
  for (const auto i : FileOrderOf(containers)) {
    Add(MakeFacts(containers[i], definition == nullptr ? std::string() : definition->family,
                  RevisionOf(definition)),
        containers[i], shared);
  }
  text_.shrink_to_fit();
}

KnownTask::KnownTask(const TaskOutcome& record, SharedValues& shared)
    : cluster_(shared.texts.Intern(ClusterLabelOf(record))),
      group_(shared.texts.Intern(record.group)),
      arn_size_(static_cast<std::uint32_t>(record.arn.size())),
      text_(record.arn) {
  std::vector<NamedOutcome> containers;
  containers.reserve(record.containers.size());
  for (const auto& container : record.containers) {
    containers.push_back(
        {.name = container.name, .arn = container.arn, .outcome = &container.outcome});
  }
  entries_.reserve(containers.size());
  for (const auto i : FileOrderOf(containers)) {
    Add(MakeFacts(containers[i], record.family, record.revision), containers[i], shared);
  }
  text_.shrink_to_fit();
}

void KnownTask::Add(ContainerFacts facts, const NamedOutcome& container, SharedValues& shared) {
  Entry entry;
  entry.facts = shared.facts.Intern(std::move(facts));
  const auto prefix = ContainerPrefix(arn());
  auto container_arn = container.arn;
  entry.below_task = !prefix.empty() && container_arn.starts_with(prefix);
  if (entry.below_task) container_arn.remove_prefix(prefix.size());
  text_ += container_arn;
  entry.arn_size = static_cast<std::uint32_t>(container_arn.size());
  if (const auto& outcome = *container.outcome) {
    text_ += outcome->address;
    entry.address_size = static_cast<std::uint32_t>(outcome->address.size());
  } else {
    entry.reason = outcome.error().reason;
    entry.detail = shared.texts.Intern(outcome.error().detail);
  }
  entries_.push_back(std::move(entry));
}

std::size_t KnownTask::TextOf(std::size_t container) const {
  std::size_t at = arn_size_;
  for (std::size_t i = 0; i < container; ++i) at += entries_[i].arn_size + entries_[i].address_size;
  return at;
}

std::string KnownTask::ArnOf(std::size_t container) const {
  const auto& entry = entries_[container];
  auto container_arn = entry.below_task ? ContainerPrefix(arn()) : std::string();
  container_arn += std::string_view(text_).substr(TextOf(container), entry.arn_size);
  return container_arn;
}

std::string_view KnownTask::AddressOf(std::size_t container) const {
  const auto& entry = entries_[container];
  return std::string_view(text_).substr(TextOf(container) + entry.arn_size, entry.address_size);
}

std::size_t KnownTask::target_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [](const Entry& entry) { return !entry.reason; }));
}

bool KnownTask::HasTargetAt(std::span<const std::string> hosts) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (IsTarget(i) && std::ranges::find(hosts, HostOf(AddressOf(i))) != hosts.end()) return true;
  }
  return false;
}

void KnownTask::FillTarget(std::size_t container, core::Target& target) const {
  const auto& facts = *entries_[container].facts;
  target.address = AddressOf(container);
  target.task_arn = arn();
  target.task_name = facts.family;
  target.job = facts.job;
  target.task_revision = facts.revision;
  target.task_group = *group_;
  target.cluster_arn = *cluster_;
  target.container_name = facts.name;
  target.container_arn = ArnOf(container);
  target.docker_image = facts.image;
  target.metrics_path = facts.metrics_path;
  target.scheme = facts.scheme;
}

std::optional<std::size_t> KnownTask::TargetLike(const KnownTask& before,
                                                 std::size_t container) const {
  if (IsTarget(container) || !IsOnlyNotFound(ReasonOf(container))) return std::nullopt;
  const auto same = before.FindContainer(entries_[container].facts->name, ArnOf(container));
  if (!same || !before.IsTarget(*same)) return std::nullopt;
  const bool reachable = ReasonOf(container) != core::Reason::kNoInstanceAddress ||
                         core::UnreachableVpcKind(HostOf(before.AddressOf(*same))).empty();
  return reachable ? same : std::nullopt;
}

std::optional<std::size_t> KnownTask::FindContainer(std::string_view name,
                                                    std::string_view container_arn) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].facts->name == name && ArnOf(i) == container_arn) return i;
  }
  return std::nullopt;
}

std::shared_ptr<const KnownTask> KnownTask::KeepingTargetsOf(const KnownTask& before) const {
  std::shared_ptr<KnownTask> kept;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto old = TargetLike(before, i);
    if (!old) continue;
    if (!kept) kept = std::make_shared<KnownTask>(*this);
    const auto address = before.AddressOf(*old);
    kept->text_.insert(kept->TextOf(i) + kept->entries_[i].arn_size, address);
    kept->entries_[i].address_size = static_cast<std::uint32_t>(address.size());
    kept->entries_[i].facts = before.entries_[*old].facts;
    kept->entries_[i].reason.reset();
    kept->entries_[i].detail.reset();
  }
  return kept;
}

bool KnownTask::HasTargetNamed(std::string_view name) const {
  return std::ranges::any_of(
      entries_, [&](const Entry& entry) { return !entry.reason && entry.facts->name == name; });
}

bool KnownTask::HasLessThan(const KnownTask& before) const {
  for (std::size_t i = 0; i < before.entries_.size(); ++i) {
    if (!before.IsTarget(i)) continue;
    const auto same = FindContainer(before.entries_[i].facts->name, before.ArnOf(i));
    if (!same) return true;
    if (IsTarget(*same)) continue;
    const auto reason = ReasonOf(*same);
    if (reason == core::Reason::kNoAddress || reason == core::Reason::kNoBinding) return true;
  }
  return false;
}

TaskOutcome KnownTask::ToRecord() const {
  TaskOutcome record;
  record.arn = arn();
  record.cluster_arn = *cluster_;
  record.group = *group_;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto& entry = entries_[i];
    record.family = entry.facts->family;
    record.revision = entry.facts->revision;
    ContainerOutcome container{.name = entry.facts->name, .arn = ArnOf(i), .outcome = {}};
    if (entry.reason) {
      container.outcome = core::SkipBecause(*entry.reason, *entry.detail);
    } else {
      FillTarget(i, *container.outcome);
    }
    record.containers.push_back(std::move(container));
  }
  return record;
}

namespace {

// A container that runs has its bindings. Without any it may still get some, unless its definition
// maps no port at all.
bool HasItsBindings(const core::Container& container, const core::TaskDefinition& definition) {
  const auto* defined = definition.FindContainer(container.name);
  if (defined == nullptr || defined->port_mappings.empty()) return true;
  return !container.bindings.empty() &&
         std::ranges::all_of(container.bindings,
                             [](const auto& each) { return each.host.has_value(); });
}

bool IsSettled(const core::Container& container, const core::TaskDefinition* definition,
               const core::Outcome& outcome) {
  const bool moves = container.last_status != "RUNNING" && container.last_status != "STOPPED";
  if (outcome) return !moves;
  switch (outcome.error().reason) {
    case core::Reason::kTaskNotRunning:
    case core::Reason::kDefinitionUnavailable:
    case core::Reason::kNoAddress:
    case core::Reason::kNoInstanceAddress:
      return false;
    case core::Reason::kNoBinding:
    case core::Reason::kAmbiguousBinding:
      return !moves && definition != nullptr && HasItsBindings(container, *definition);
    case core::Reason::kContainerStopped:
    case core::Reason::kNoDefinition:
    case core::Reason::kNoPortLabel:
    case core::Reason::kNoDynamicLabel:
    case core::Reason::kFiltered:
    case core::Reason::kInvalidPort:
    case core::Reason::kNoNetwork:
      break;
  }
  return true;
}

}  // namespace

Settlement SettlementOf(const core::Task& task, const core::TaskDefinition* definition,
                        const std::vector<core::Outcome>& outcomes) {
  if (task.last_status != "RUNNING" || task.desired_status != "RUNNING") return Settlement::kMoving;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!IsSettled(task.containers[i], definition, outcomes[i])) return Settlement::kSettling;
  }
  return Settlement::kSettled;
}

bool IsRestartable(const core::Task& task, const core::TaskDefinition* definition) {
  if (definition == nullptr || core::ModeOf(*definition, task) != core::NetworkMode::kBridge)
    return false;
  return std::ranges::any_of(definition->containers,
                             [](const auto& container) { return container.restarts; });
}

bool HasEnded(const core::Task& task) {
  return task.desired_status == "STOPPED" || task.last_status == "STOPPED" ||
         task.last_status == "DEPROVISIONING" || task.last_status == "DELETED";
}

}  // namespace ecsd::discovery
