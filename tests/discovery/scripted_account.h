#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws/ec2_client.h"
#include "aws/ecs_client.h"
#include "aws/ssm_client.h"
#include "core/target.h"
#include "discovery/account_clients.h"
#include "discovery/source.h"
#include "http/transport.h"
#include "support/result.h"
#include "testing/fake_account.h"
#include "testing/replies.h"

namespace ecsd::discovery {

inline constexpr std::string_view kArn = "arn:aws:ecs:eu-west-1:111122223333:";

// One task of the account below. Its definition tells its kind: "fargate" has an address of its
// own, "bridge" a host port on an instance, "restart" the same and may change it in place.
struct ScriptedTask {
  std::string cluster;  // name
  std::string kind = "fargate";
  std::string status = "RUNNING";
  int address = 1;  // the last part of it, or the host port
  int instance = 1;
  bool listed = true;
  bool missing = false;  // DescribeTasks does not know it
  std::optional<std::int64_t> version;
  bool connected = true;
};

// A machine of ECS Anywhere stands behind container instances from this number on.
inline constexpr int kFirstMachine = 1000;

// An ECS account whose answers the test makes up: a change shows in the next answer, and any call
// may be made to fail. Calls come from several threads, changes only between refreshes.
class ScriptedAccount {
 public:
  using Json = nlohmann::json;

  ScriptedAccount() {
    const auto ecs = [this](const std::string& action,
                            Json (ScriptedAccount::*answer)(const Json&)) {
      account.transport.Handle("ecs " + action,
                               [this, action, answer](const http::Request& request) {
                                 const std::scoped_lock lock(mutex_);
                                 if (!IsInTime()) return test::Reply(Late());
                                 if (const auto refusal = RefusalOf(action)) return *refusal;
                                 auto body = (this->*answer)(Json::parse(request.body));
                                 if (lie && lies_left > 0 && action == lies_in) {
                                   --lies_left;
                                   lie(body);
                                 }
                                 if (body.contains("__type"))
                                   return test::Reply(test::Answer(400, body.dump()));
                                 return test::Reply(test::Ok(body.dump()));
                               });
    };
    ecs("ListClusters", &ScriptedAccount::ListClusters);
    ecs("DescribeClusters", &ScriptedAccount::DescribeClusters);
    ecs("ListTasks", &ScriptedAccount::ListTasks);
    ecs("DescribeTasks", &ScriptedAccount::DescribeTasks);
    ecs("DescribeTaskDefinition", &ScriptedAccount::DescribeTaskDefinition);
    ecs("DescribeContainerInstances", &ScriptedAccount::DescribeContainerInstances);
    account.transport.Handle("ec2 DescribeInstances", [this](const http::Request& request) {
      const std::scoped_lock lock(mutex_);
      if (!IsInTime()) return test::Reply(Late());
      if (const auto refusal = RefusalOf("DescribeInstances")) return *refusal;
      return test::Reply(test::Ok(InstancesXml(request.body)));
    });
    account.transport.Handle("ssm DescribeInstanceInformation",
                             [this](const http::Request& request) {
                               const std::scoped_lock lock(mutex_);
                               const auto refusal = RefusalOf("DescribeInstanceInformation");
                               if (refusal) return *refusal;
                               return test::Reply(test::Ok(Machines(Json::parse(request.body))));
                             });
  }

  static std::string ClusterArn(const std::string& name) {
    return std::string(kArn) + "cluster/" + name;
  }
  static std::string TaskArn(const std::string& cluster, const std::string& id) {
    return std::string(kArn) + "task/" + cluster + "/" + id;
  }

  // A source that reads this account.
  [[nodiscard]] Source MakeSource(std::string cluster = {}) {
    return Source(ParametersOf(std::move(cluster)), account.clock);
  }

  [[nodiscard]] Source::Parameters ParametersOf(std::string cluster = {}) {
    return {
        .clients = {.ecs = ecs_, .ec2 = ec2_, .ssm = ssm_},
        .cluster = std::move(cluster),
        .region = "eu-west-1",
        .interval = std::chrono::minutes(1),
        .rediscover_within = std::chrono::minutes(10),
        .startup_grace = std::chrono::minutes(5),
    };
  }

  // The same when the refresh has time for so many calls only.
  [[nodiscard]] RefreshReport RefreshInCalls(Source& source, std::size_t calls) {
    calls_in_time = calls;
    late_ = false;
    return Refresh(source);
  }

  [[nodiscard]] RefreshReport Refresh(Source& source) {
    return source.Refresh(account.In(std::chrono::minutes(1)));
  }

  [[nodiscard]] std::size_t CountOf(const std::string& action) const {
    return account.transport.CountOf("ecs " + action);
  }

  test::FakeAccount account;
  std::map<std::string, std::string> clusters;  // name -> status; a missing one is MISSING
  std::set<std::string> hidden;                 // clusters that ListClusters does not have
  std::map<std::string, ScriptedTask> tasks;    // by id
  std::set<std::string> denied;                 // actions that are refused
  std::size_t percent_denied = 0;               // of all other calls
  std::set<std::string> missing;                // actions that describe nothing
  // How many more calls are answered before two minutes pass, longer than a refresh may take.
  std::optional<std::size_t> calls_in_time;
  std::size_t page = 100;                       // tasks on a page of ListTasks
  bool lists_nothing = false;                   // ListTasks: one empty page
  std::set<std::string> vanished;               // instances that EC2 does not know
  std::set<int> without_agent;                  // container instances whose agent is disconnected
  std::map<std::string, std::string> machines;  // what Systems Manager reports, by id
  std::map<std::string, std::string> ec2_addresses;  // what EC2 reports as the address, by id
  std::size_t empty_answers = 0;                     // of EC2, before the right ones
  std::mt19937_64 dice{1};
  // Changes the next `lies_left` responses of the ECS action `lies_in`.
  std::string lies_in;
  std::size_t lies_left = 1'000'000;
  std::function<void(Json& body)> lie;

 private:
  static Json NotFound() {
    return {{"__type", "ClusterNotFoundException"}, {"message", "Cluster not found."}};
  }
  static std::string NameOf(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

  static tl::unexpected<support::Error> Late() {
    return support::Fail(support::ErrorKind::kTimeout, "no answer in time");
  }

  // Lets the time of the refresh pass at the first call that is not in time.
  bool IsInTime() {
    if (!calls_in_time) return true;
    if (late_) return false;
    if (*calls_in_time > 0) return (*calls_in_time)--, true;
    late_ = true;
    account.clock.Advance(std::chrono::minutes(2));
    return false;
  }

  std::optional<test::Reply> RefusalOf(const std::string& action) {
    if (!denied.contains(action) && dice() % 100 >= percent_denied) return std::nullopt;
    return test::JsonError(400, "AccessDeniedException", "not for you");
  }

  Json ListClusters(const Json& /*input*/) {
    Json arns = Json::array();
    for (const auto& [name, status] : clusters) {
      if (status == "ACTIVE" && !hidden.contains(name)) arns.push_back(ClusterArn(name));
    }
    return {{"clusterArns", arns}};
  }

  Json DescribeClusters(const Json& input) {
    Json found = Json::array();
    Json failures = Json::array();
    for (const std::string name : input["clusters"]) {
      const auto cluster = clusters.find(NameOf(name));
      if (cluster == clusters.end() || missing.contains("DescribeClusters")) {
        failures.push_back({{"arn", ClusterArn(NameOf(name))}, {"reason", "MISSING"}});
      } else {
        found.push_back({{"clusterArn", ClusterArn(cluster->first)}, {"status", cluster->second}});
      }
    }
    return {{"clusters", found}, {"failures", failures}};
  }

  Json ListTasks(const Json& input) {
    const auto cluster = NameOf(input["cluster"]);
    const auto state = clusters.find(cluster);
    if (state == clusters.end() || state->second != "ACTIVE") return NotFound();
    const auto from = std::stoul(input.value("nextToken", "0"));
    Json arns = Json::array();
    if (lists_nothing) return {{"taskArns", arns}};
    std::size_t at = 0;
    Json answer;
    for (const auto& [id, task] : tasks) {
      if (task.cluster != cluster || !task.listed || at++ < from) continue;
      if (arns.size() == page) {
        answer["nextToken"] = std::to_string(from + page);
        break;
      }
      arns.push_back(TaskArn(cluster, id));
    }
    answer["taskArns"] = arns;
    return answer;
  }

  static Json TaskJson(const std::string& id, const ScriptedTask& task) {
    const auto arn = TaskArn(task.cluster, id);
    Json container = {
        {"containerArn", std::string(kArn) + "container/" + task.cluster + "/" + id + "/c"},
        {"name", "app"},
        {"lastStatus", task.status == "RUNNING" ? "RUNNING" : "PENDING"}};
    Json json = {{"taskArn", arn},
                 {"clusterArn", ClusterArn(task.cluster)},
                 {"taskDefinitionArn", std::string(kArn) + "task-definition/" + task.kind + ":1"},
                 {"group", "service:" + task.kind},
                 {"desiredStatus", task.listed ? "RUNNING" : "STOPPED"},
                 {"lastStatus", task.status},
                 {"connectivity", task.connected ? "CONNECTED" : "DISCONNECTED"}};
    if (task.kind != "fargate") {
      json["containerInstanceArn"] = std::string(kArn) + "container-instance/" + task.cluster +
                                     "/" + std::to_string(task.instance);
    }
    if (task.status == "RUNNING" && task.kind == "fargate") {
      container["networkInterfaces"] =
          Json::array({{{"privateIpv4Address", "10.0.0." + std::to_string(task.address)}}});
    } else if (task.status == "RUNNING") {
      container["networkBindings"] = Json::array(
          {{{"containerPort", 9102}, {"hostPort", 32768 + task.address}, {"protocol", "tcp"}}});
    }
    json["containers"] = Json::array({container});
    if (task.version) json["version"] = *task.version;
    return json;
  }

  Json DescribeTasks(const Json& input) {
    Json found = Json::array();
    Json failures = Json::array();
    for (const std::string arn : input["tasks"]) {
      const auto task = tasks.find(NameOf(arn));
      if (task == tasks.end() || task->second.missing || missing.contains("DescribeTasks")) {
        failures.push_back({{"arn", arn}, {"reason", "MISSING"}});
      } else {
        found.push_back(TaskJson(task->first, task->second));
      }
    }
    return {{"tasks", found}, {"failures", failures}};
  }

  Json DescribeTaskDefinition(const Json& input) {
    const std::string arn = input["taskDefinition"];
    if (missing.contains("DescribeTaskDefinition"))
      return {{"__type", "ClientException"}, {"message", "Unable to describe task definition."}};
    const auto kind = NameOf(arn).substr(0, NameOf(arn).find(':'));
    const Json container = {{"name", "app"},
                            {"image", kind + ":1"},
                            {"dockerLabels", {{"PROMETHEUS_EXPORTER_PORT", "9102"}}},
                            {"portMappings", Json::array({{{"containerPort", 9102}}})},
                            {"restartPolicy", {{"enabled", kind == "restart"}}}};
    return {{"taskDefinition",
             {{"taskDefinitionArn", arn},
              {"family", kind},
              {"revision", 1},
              {"networkMode", kind == "fargate" ? "awsvpc" : "bridge"},
              {"containerDefinitions", Json::array({container})}}}};
  }

  Json DescribeContainerInstances(const Json& input) {
    Json found = Json::array();
    Json failures = Json::array();
    for (const std::string arn : input["containerInstances"]) {
      if (missing.contains("DescribeContainerInstances")) {
        failures.push_back({{"arn", arn}, {"reason", "MISSING"}});
      } else {
        const auto number = std::stoi(NameOf(arn));
        found.push_back({{"containerInstanceArn", arn},
                         {"ec2InstanceId", (number >= kFirstMachine ? "mi-" : "i-") + NameOf(arn)},
                         {"agentConnected", !without_agent.contains(number)}});
      }
    }
    return {{"containerInstances", found}, {"failures", failures}};
  }

  // One instance for each id between "Value.N=" and the next "&".
  [[nodiscard]] std::string InstancesXml(const std::string& body) {
    std::string xml = "<DescribeInstancesResponse><reservationSet><item><instancesSet>";
    for (auto at = body.find("=i-"); at != std::string::npos; at = body.find("=i-", at + 1)) {
      if (missing.contains("DescribeInstances") || empty_answers > 0) break;
      const auto id = body.substr(at + 1, body.find('&', at) - at - 1);
      if (vanished.contains(id)) continue;
      const auto other = ec2_addresses.find(id);
      xml += "<item><instanceId>" + id + "</instanceId><privateIpAddress>" +
             (other == ec2_addresses.end() ? "10.1.0." + id.substr(2) : other->second) +
             "</privateIpAddress></item>";
    }
    if (empty_answers > 0) --empty_answers;
    return xml + "</instancesSet></item></reservationSet></DescribeInstancesResponse>";
  }

  [[nodiscard]] std::string Machines(const Json& input) const {
    Json found = Json::array();
    for (const std::string id : input["Filters"][0]["Values"]) {
      const auto machine = machines.find(id);
      if (machine != machines.end())
        found.push_back({{"InstanceId", id}, {"IPAddress", machine->second}});
    }
    return Json{{"InstanceInformationList", found}}.dump();
  }

  std::mutex mutex_;
  bool late_ = false;  // two minutes have passed in this refresh
  aws::EcsClient ecs_{account.client};
  aws::Ec2Client ec2_{account.client};
  aws::SsmClient ssm_{account.client};
};

// The clusters that are known, by ARN.
[[nodiscard]] inline std::vector<ClusterState> ClustersOf(const Source& source) {
  return source.Snapshot()->clusters();
}

// "ARN -> address" of every target, in the order of the file.
[[nodiscard]] inline std::vector<std::string> TargetsOf(const Source& source) {
  std::vector<std::string> targets;
  source.Snapshot()->ForEachTarget([&](const core::Target& target) {
    const auto arn = target.labels.Get(core::kTaskArnLabel);
    targets.push_back(std::string(arn.substr(arn.rfind('/') + 1)) + " " + target.address);
    return true;
  });
  return targets;
}

// The same as a file holds them.
[[nodiscard]] inline std::vector<core::Target> FileOf(const Source& source) {
  std::vector<core::Target> targets;
  source.Snapshot()->ForEachTarget([&](const core::Target& target) {
    targets.push_back(target);
    return true;
  });
  return targets;
}

}  // namespace ecsd::discovery
