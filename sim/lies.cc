#include "sim/lies.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/account.h"
#include "sim/faults.h"
#include "sim/json.h"
#include "sim/replace_all.h"

namespace ecsd::sim {
namespace {

constexpr std::int64_t kWild = std::int64_t{1} << 62U;
constexpr std::string_view kUnknown = "FROBNICATING";

// An id of the same form that the account does not have.
std::string OtherId(std::string_view id) {
  std::string other(id);
  const std::size_t dash = id.starts_with("i-") || id.starts_with("mi-") ? id.find('-') + 1 : 0;
  if (dash < other.size()) other[dash] = other[dash] == 'f' ? 'e' : 'f';
  return other;
}

void Rename(Json& value, std::string_view from, std::string_view to) {
  value = ParseJson(ReplaceAll(Dump(value), from, to)).value_or(value);
}

void RenameId(Json& item, const char* member) {
  const std::string text = TextOf(item, member);
  const std::string_view id = ShortId(text);
  Rename(item, id, OtherId(id));
}

// The ARN of a cluster, or of a thing in a cluster, with the cluster's name changed; an ARN without
// such a name is not changed.
std::string InOtherCluster(const std::string& arn) {
  const std::size_t begin = arn.find('/') + 1;
  const std::size_t end = arn.find('/', begin);
  const bool is_cluster = arn.find(":cluster/") != std::string::npos;
  if (begin == 0 || (end == std::string::npos && !is_cluster)) return arn;
  const std::string name = arn.substr(begin, end - begin);
  std::string other = arn;
  return other.replace(begin, name.size(), OtherId(name));
}

void MoveToOtherCluster(Json& item, const char* member) {
  if (Member(item, member) != nullptr) item[member] = InOtherCluster(TextOf(item, member));
}

// Another address that differs in its second octet.
void ReplaceAddress(Json& item, const std::string& address, std::string_view octet) {
  const std::size_t first = address.find('.');
  const std::size_t second = address.find('.', first + 1);
  if (first == std::string::npos || second == std::string::npos) return;
  std::string other = address.substr(0, first + 1);
  other.append(octet).append(address, second);
  Rename(item, '"' + address + '"', '"' + other + '"');
}

void MovePorts(Json& container) {
  constexpr std::int64_t kStep = 1000;
  constexpr std::int64_t kHigh = 64000;
  if (ItemsOf(container, "networkBindings").empty()) return;
  for (Json& binding : container["networkBindings"]) {
    const Json* port = Member(binding, "hostPort");
    if (port == nullptr || !port->is_number_integer()) continue;
    const auto now = port->get<std::int64_t>();
    binding["hostPort"] = now < kHigh ? now + kStep : now - kStep;
  }
}

void MoveTask(Json& task) {
  const Json before = task;
  for (const Json& container : ItemsOf(before, "containers")) {
    for (const Json& one : ItemsOf(container, "networkInterfaces")) {
      ReplaceAddress(task, TextOf(one, "privateIpv4Address"), "254");
    }
  }
  if (ItemsOf(task, "containers").empty()) return;
  for (Json& container : task["containers"]) MovePorts(container);
}

// Where a task has no version, versions cannot lie.
void MoveAtVersion(Json& task, std::int64_t (*change)(std::int64_t)) {
  const Json* version = Member(task, "version");
  if (version == nullptr || !version->is_number_integer()) return;
  task["version"] = change(version->get<std::int64_t>());
  MoveTask(task);
}

void StripAddresses(Json& task) {
  task["attachments"] = Json::array();
  if (ItemsOf(task, "containers").empty()) return;
  for (Json& container : task["containers"]) {
    container["networkInterfaces"] = Json::array();
    container["networkBindings"] = Json::array();
  }
}

void NameOtherParent(Json& task) {
  const std::string arn = TextOf(task, "taskArn");
  const std::string other = OtherId(ShortId(arn));
  if (ItemsOf(task, "containers").empty()) return;
  for (Json& container : task["containers"]) {
    Rename(container, ShortId(arn), other);
    container["taskArn"] = ReplaceAll(arn, ShortId(arn), other);
  }
}

void DropNames(Json& item, const char* list) {
  if (ItemsOf(item, list).empty()) return;
  for (Json& container : item[list]) container.erase("name");
}

// The lies that strike each item in the same way.
void BendTask(FaultKind kind, Json& task, std::size_t index) {
  if (kind == FaultKind::kOtherCluster) MoveToOtherCluster(task, "clusterArn");
  if (kind == FaultKind::kWrongParent) NameOtherParent(task);
  if (kind == FaultKind::kUnknownStatus) task["lastStatus"] = kUnknown;
  if (kind == FaultKind::kNoNames) DropNames(task, "containers");
  if (kind == FaultKind::kLess) StripAddresses(task);
  if (kind == FaultKind::kOtherValues) MoveTask(task);
  if (kind == FaultKind::kNoVersion) task.erase("version");
  if (kind == FaultKind::kStale) MoveAtVersion(task, [](std::int64_t now) { return now - 1; });
  if (kind == FaultKind::kWildVersion) MoveAtVersion(task, [](std::int64_t) { return kWild; });
  if (kind == FaultKind::kNoStatus) {
    task.erase("lastStatus");
    task.erase("desiredStatus");
  }
  if (kind == FaultKind::kNoContainers) {
    task["containers"] = Json::array();
    if (index % 2 == 0) task.erase("containers");
  }
}

void BendStatus(FaultKind kind, Json& item) {
  if (kind == FaultKind::kNoStatus) item.erase("status");
  if (kind == FaultKind::kUnknownStatus) item["status"] = kUnknown;
}

void BendContainerInstance(FaultKind kind, Json& instance) {
  if (kind == FaultKind::kOtherCluster) MoveToOtherCluster(instance, "containerInstanceArn");
  BendStatus(kind, instance);
}

void DropAddresses(Json& instance) {
  for (const char* member : {"privateIpAddress", "ipv6Address", "networkInterfaces"}) {
    instance.erase(member);
  }
}

void BendInstance(FaultKind kind, Json& instance) {
  if (kind == FaultKind::kNoAddress || kind == FaultKind::kDeadState) DropAddresses(instance);
  if (kind == FaultKind::kDeadState) instance["state"] = {{"code", 48}, {"name", "terminated"}};
  if (kind == FaultKind::kUnknownStatus) instance["state"] = {{"code", 99}, {"name", kUnknown}};
}

void BendManagedInstance(FaultKind kind, Json& instance) {
  if (kind == FaultKind::kNoAddress) instance.erase("IPAddress");
  if (kind == FaultKind::kUnknownStatus) instance["PingStatus"] = kUnknown;
}

void Bend(FaultKind kind, ItemSort sort, Json& item, std::size_t index) {
  switch (sort) {
    case ItemSort::kTask:
      return BendTask(kind, item, index);
    case ItemSort::kContainerInstance:
      return BendContainerInstance(kind, item);
    case ItemSort::kCluster:
      return BendStatus(kind, item);
    case ItemSort::kInstance:
      return BendInstance(kind, item);
    case ItemSort::kManagedInstance:
      return BendManagedInstance(kind, item);
  }
}

const char* IdOf(ItemSort sort) {
  switch (sort) {
    case ItemSort::kTask:
      return "taskArn";
    case ItemSort::kContainerInstance:
      return "containerInstanceArn";
    case ItemSort::kCluster:
      return "clusterArn";
    case ItemSort::kInstance:
      return "instanceId";
    case ItemSort::kManagedInstance:
      break;
  }
  return "InstanceId";
}

// Two contents for one thing, both wrong where both can be: whichever is taken shows.
std::pair<Json, Json> Twins(ItemSort sort, const Json& item) {
  std::pair<Json, Json> twins(item, item);
  auto& [one, two] = twins;
  switch (sort) {
    case ItemSort::kTask:
      MoveTask(one);
      two["lastStatus"] = two["desiredStatus"] = "STOPPED";
      break;
    case ItemSort::kContainerInstance:
      RenameId(one, "ec2InstanceId");
      two.erase("ec2InstanceId");
      break;
    case ItemSort::kCluster:
      one["status"] = "INACTIVE";
      break;
    case ItemSort::kInstance:
      ReplaceAddress(one, TextOf(item, "privateIpAddress"), "254");
      ReplaceAddress(two, TextOf(item, "privateIpAddress"), "253");
      break;
    case ItemSort::kManagedInstance:
      ReplaceAddress(one, TextOf(item, "IPAddress"), "254");
      ReplaceAddress(two, TextOf(item, "IPAddress"), "253");
      break;
  }
  return twins;
}

// The list that a describe call of ECS responds with.
std::optional<std::pair<const char*, ItemSort>> ListOf(std::string_view operation) {
  if (operation == "DescribeTasks") return std::pair("tasks", ItemSort::kTask);
  if (operation == "DescribeClusters") return std::pair("clusters", ItemSort::kCluster);
  if (operation == "DescribeContainerInstances") {
    return std::pair("containerInstances", ItemSort::kContainerInstance);
  }
  return std::nullopt;
}

void BendDefinition(FaultKind kind, Json& definition, const Account& account) {
  if (kind == FaultKind::kNoContainers) definition["containerDefinitions"] = Json::array();
  if (kind == FaultKind::kNoNames) DropNames(definition, "containerDefinitions");
  if (kind != FaultKind::kOtherItem) return;
  const TaskDefinition* other =
      account.OtherTaskDefinition(TextOf(definition, "taskDefinitionArn"));
  if (other == nullptr) return RenameId(definition, "taskDefinitionArn");
  definition = ParseJson(other->json).value_or(Json::object());
}

void BendListing(FaultKind kind, Json& arns) {
  if (kind != FaultKind::kOtherCluster) return;
  for (Json& arn : arns) arn = InOtherCluster(arn.get<std::string>());
}

}  // namespace

bool IsLie(FaultKind kind) {
  return kind >= FaultKind::kOtherItem;
}

void TellLie(FaultKind kind, ItemSort sort, Json& items) {
  if (items.empty()) return;
  if (kind == FaultKind::kOtherItem) return RenameId(items[0], IdOf(sort));
  if (kind == FaultKind::kConflictingTwins) {
    auto [one, two] = Twins(sort, items[0]);
    items[0] = std::move(one);
    items.insert(items.begin() + 1, std::move(two));
    return;
  }
  std::size_t index = 0;
  for (Json& item : items) Bend(kind, sort, item, index++);
}

std::string BelieBody(FaultKind kind, std::string_view operation, std::string body,
                      const Account& account) {
  std::optional<Json> read = ParseJson(body);
  if (!read) return body;
  const auto list = ListOf(operation);
  if (list) {
    TellLie(kind, list->second, (*read)[list->first]);
  } else if (operation == "DescribeTaskDefinition") {
    BendDefinition(kind, (*read)["taskDefinition"], account);
  } else if (operation == "ListTasks") {
    BendListing(kind, (*read)["taskArns"]);
  }
  return Dump(*read);
}

}  // namespace ecsd::sim
