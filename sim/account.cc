#include "sim/account.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/instance_xml.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kServiceGroup = "service:";
// Stopped tasks that are described, some 2.5 kB each.
constexpr std::size_t kMostStopped = 20'000;

void Join(std::string& out, std::string_view item) {
  if (out.back() != '[') out += ',';
  out += item;
}

const std::string& JsonOf(const Task& task) {
  return task.tagged_json.empty() ? task.json : task.tagged_json;
}

std::string ClusterDocument(const Cluster& cluster) {
  std::string out = Dump(cluster.description);
  out.pop_back();
  out += R"(,"tasks":[)";
  for (const Task& task : cluster.tasks) {
    if (!task.stopped) Join(out, JsonOf(task));
  }
  out += R"(],"containerInstances":[)";
  for (const ContainerInstance& one : cluster.container_instances) Join(out, one.json);
  out += "]}";
  return out;
}

std::optional<std::int64_t> VersionOf(const Json& task) {
  const Json* version = Member(task, "version");
  if (version == nullptr || !version->is_number_integer()) return std::nullopt;
  return version->get<std::int64_t>();
}

bool Differs(const Json& task, const Task& held) {
  Json before = ParseJson(JsonOf(held)).value_or(Json::object());
  before.erase("version");
  return held.stopped || Dump(before) != Dump(task);
}

// Gives the task the version that follows the held one, where it has none of its own. A task that
// was stopped has been described with the next version already.
void SetVersion(Json& task, Task& held) {
  if (task.is_object() && held.version && !VersionOf(task)) {
    task.erase("version");
    const int steps = held.stopped ? 2 : 1;
    task["version"] = *held.version + (Differs(task, held) ? steps : 0);
  }
  held.version = VersionOf(task);
}

void Forget(Task& task) {
  for (std::string* text : {&task.json, &task.tagged_json}) {
    text->clear();
    text->shrink_to_fit();
  }
}

std::string DefinitionDocument(const TaskDefinition& definition) {
  if (definition.tags == "[]") return definition.json;
  std::string out = definition.json;
  out.pop_back();
  return fmt::format("{},\"tags\":{}}}", out, definition.tags);
}

}  // namespace

std::string_view ShortId(std::string_view arn_or_id) {
  return arn_or_id.substr(arn_or_id.rfind('/') + 1);
}

std::string_view FamilyOf(std::string_view task_definition_arn) {
  const std::string_view name = ShortId(task_definition_arn);
  return name.substr(0, name.rfind(':'));
}

Account::Account(std::string region, std::string id)
    : region_(std::move(region)), id_(std::move(id)) {}

Cluster& Account::AddCluster(Json description) {
  const auto held = cluster_by_name_.find(TextOf(description, "clusterArn"));
  if (held != cluster_by_name_.end()) {
    held->second->removed = false;
    return *held->second;
  }
  auto cluster = std::make_unique<Cluster>();
  cluster->arn = TextOf(description, "clusterArn");
  cluster->name = TextOf(description, "clusterName");
  cluster->description = std::move(description);
  if (!cluster->description.is_object() || cluster->description.empty()) {
    cluster->description = {{"clusterArn", cluster->arn}};
  }
  cluster_by_name_.emplace(cluster->arn, cluster.get());
  cluster_by_name_.emplace(cluster->name, cluster.get());
  return *clusters_.emplace_back(std::move(cluster));
}

Task& Account::FindOrAddTask(Cluster& cluster, const std::string& arn) {
  const auto held = cluster.task_by_id.find(ShortId(arn));
  const bool known = held != cluster.task_by_id.end() && held->second->arn == arn;
  if (known && !arn.empty()) return *held->second;
  Task& added = cluster.tasks.emplace_back();
  added.arn = arn;
  cluster.task_by_id.emplace(ShortId(added.arn), &added);
  return added;
}

void Account::AddTask(Cluster& cluster, Json task) {
  Task& added = FindOrAddTask(cluster, TextOf(task, "taskArn"));
  SetVersion(task, added);
  added.stopped = false;
  added.family = FamilyOf(TextOf(task, "taskDefinitionArn"));
  added.group = TextOf(task, "group");
  added.started_by = TextOf(task, "startedBy");
  added.launch_type = TextOf(task, "launchType");
  added.desired_status = TextOf(task, "desiredStatus");
  added.last_status = TextOf(task, "lastStatus");
  added.container_instance_arn = TextOf(task, "containerInstanceArn");
  added.tagged_json.clear();
  if (!ItemsOf(task, "tags").empty()) {
    added.tagged_json = Dump(task);
    task["tags"] = Json::array();
  }
  added.json = Dump(task);
  if (added.group.starts_with(kServiceGroup)) {
    cluster.services.insert(added.group.substr(kServiceGroup.size()));
  }
}

void Account::AddContainerInstance(Cluster& cluster, const Json& container_instance) {
  if (cluster.container_instance_by_id.contains(
          ShortId(TextOf(container_instance, "containerInstanceArn")))) {
    return;
  }
  ContainerInstance& added = cluster.container_instances.emplace_back();
  added.arn = TextOf(container_instance, "containerInstanceArn");
  added.status = TextOf(container_instance, "status");
  added.json = Dump(container_instance);
  cluster.container_instance_by_id.emplace(ShortId(added.arn), &added);
}

void Account::AddTaskDefinition(Json definition) {
  if (definition_by_name_.contains(TextOf(definition, "taskDefinitionArn"))) return;
  TaskDefinition& added = definitions_.emplace_back();
  added.arn = TextOf(definition, "taskDefinitionArn");
  added.family_and_revision = ShortId(added.arn);
  added.tags = Dump(ItemsOf(definition, "tags"));
  if (definition.is_object()) definition.erase("tags");
  added.json = Dump(definition);
  definition_by_name_.emplace(added.arn, &added);
  definition_by_name_.emplace(added.family_and_revision, &added);
  const Json* revision = Member(definition, "revision");
  const long long number =
      revision != nullptr && revision->is_number_integer() ? revision->get<long long>() : 0;
  const std::string status = TextOf(definition, "status");
  Revision& newest = newest_of_family_[std::string(FamilyOf(added.arn))];
  if (number > newest.number && (status.empty() || status == "ACTIVE"))
    newest = {.number = number, .definition = &added};
}

void Account::AddInstance(const Json& instance) {
  if (instance_by_id_.contains(TextOf(instance, "instanceId"))) return;
  Instance& added = instances_.emplace_back();
  added.id = TextOf(instance, "instanceId");
  added.state = InstanceState(instance);
  const Json* service = Member(instance, "operator");
  const Json* hidden = service != nullptr ? Member(*service, "hiddenByDefault") : nullptr;
  added.hidden_by_default = hidden != nullptr && *hidden == true;
  added.xml = ReservationXml(instance, id_);
  added.json = Dump(instance);
  instance_by_id_.emplace(added.id, &added);
}

void Account::AddManagedInstance(const Json& information) {
  const std::string id = TextOf(information, "InstanceId");
  if (std::ranges::find(managed_instances_, id, &ManagedInstance::id) != managed_instances_.end()) {
    return;
  }
  managed_instances_.push_back({.id = id,
                                .ping_status = TextOf(information, "PingStatus"),
                                .resource_type = TextOf(information, "ResourceType"),
                                .json = Dump(information)});
}

bool Account::RemoveCluster(std::string_view name_or_arn) {
  const auto found = cluster_by_name_.find(name_or_arn);
  return found != cluster_by_name_.end() && !found->second->removed.exchange(true);
}

Task* Account::FindTask(std::string_view arn) {
  for (const auto& cluster : clusters_) {
    const auto found = cluster->task_by_id.find(ShortId(arn));
    if (found != cluster->task_by_id.end() && found->second->arn == arn) return found->second;
  }
  return nullptr;
}

bool Account::StopTask(std::string_view arn) {
  Task* task = FindTask(arn);
  if (task == nullptr || task->stopped) return false;
  StopTask(*task, StopReason::kUser);
  return true;
}

void Account::StopTask(Task& task, StopReason reason) {
  task.stopped = true;
  task.stopped_at = std::chrono::system_clock::now();
  task.reason = reason;
  stopped_.push_back({.task = &task, .at = task.stopped_at});
  ForgetOldest();
}

bool Account::ForgetTask(std::string_view arn) {
  Task* task = FindTask(arn);
  if (task == nullptr || !IsDescribed(*task)) return false;
  task->stopped = true;
  Forget(*task);
  return true;
}

// What stopped long ago takes no memory: with many a second it would be gigabytes.
void Account::ForgetOldest() {
  const auto now = std::chrono::system_clock::now();
  while (!stopped_.empty()) {
    const auto [task, at] = stopped_.front();
    if (stopped_.size() <= kMostStopped && now - at < keep_stopped_) return;
    if (task->stopped && task->stopped_at == at) Forget(*task);
    stopped_.pop_front();
  }
}

bool Account::IsDescribed(const Task& task) const {
  if (!task.stopped) return true;
  return !task.json.empty() && std::chrono::system_clock::now() - task.stopped_at < keep_stopped_;
}

const Cluster* Account::FindCluster(std::string_view name_or_arn) const {
  const auto found = cluster_by_name_.find(name_or_arn);
  return found == cluster_by_name_.end() || found->second->removed ? nullptr : found->second;
}

const TaskDefinition* Account::FindTaskDefinition(std::string_view name) const {
  const auto found = definition_by_name_.find(name);
  if (found != definition_by_name_.end()) return found->second;
  const auto family = newest_of_family_.find(std::string(name));
  return family == newest_of_family_.end() ? nullptr : family->second.definition;
}

const TaskDefinition* Account::OtherTaskDefinition(std::string_view arn) const {
  const auto found = std::ranges::find_if(
      definitions_, [&](const TaskDefinition& definition) { return definition.arn != arn; });
  return found == definitions_.end() ? nullptr : &*found;
}

const Instance* Account::FindInstance(std::string_view id) const {
  const auto found = instance_by_id_.find(id);
  return found == instance_by_id_.end() ? nullptr : found->second;
}

std::size_t Account::task_count() const {
  return std::accumulate(
      clusters_.begin(), clusters_.end(), std::size_t{0},
      [](std::size_t sum, const auto& cluster) { return sum + cluster->tasks.size(); });
}

std::string Account::ToDocument() const {
  std::string out = fmt::format(R"({{"region":"{}","accountId":"{}","clusters":[)", region_, id_);
  for (const auto& cluster : clusters_) {
    if (!cluster->removed) Join(out, ClusterDocument(*cluster));
  }
  out += R"(],"taskDefinitions":[)";
  for (const TaskDefinition& definition : definitions_) Join(out, DefinitionDocument(definition));
  out += R"(],"instances":[)";
  for (const Instance& instance : instances_) Join(out, instance.json);
  out += ']';
  if (!managed_instances_.empty()) {
    out += R"(,"managedInstances":[)";
    for (const ManagedInstance& instance : managed_instances_) Join(out, instance.json);
    out += ']';
  }
  out += '}';
  return out;
}

}  // namespace ecsd::sim
