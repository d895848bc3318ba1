#include "sim/account.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

#include "sim/instance_xml.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kServiceGroup = "service:";

void Join(std::string& out, std::string_view item) {
  if (out.back() != '[') out += ',';
  out += item;
}

std::string ClusterDocument(const Cluster& cluster) {
  std::string out = Dump(cluster.description);
  out.pop_back();
  out += R"(,"tasks":[)";
  for (const Task& task : cluster.tasks) {
    if (!task.stopped) Join(out, task.tagged_json.empty() ? task.json : task.tagged_json);
  }
  out += R"(],"containerInstances":[)";
  for (const ContainerInstance& one : cluster.container_instances) Join(out, one.json);
  out += "]}";
  return out;
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

bool Account::StopTask(std::string_view arn) {
  for (const auto& cluster : clusters_) {
    for (Task& task : cluster->tasks) {
      if (task.arn == arn) return !task.stopped.exchange(true);
    }
  }
  return false;
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
