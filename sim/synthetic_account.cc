#include "sim/synthetic_account.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/account.h"
#include "sim/dice.h"
#include "sim/json.h"
#include "sim/synthetic_definition.h"
#include "sim/synthetic_task.h"
#include "support/result.h"

namespace ecsd::sim {
namespace {

constexpr std::size_t kTasksPerService = 20;
constexpr std::size_t kFewestServices = 10;
constexpr std::size_t kTasksPerInstance = 12;
constexpr std::size_t kPendingEvery = 97;
// Numbers of services that PlanService puts into bridge mode (with and without a range) and into
// host mode, as instances of ECS Anywhere know no others.
constexpr std::array<std::size_t, 3> kExternalServices = {1, 3, 5};
constexpr std::size_t kMostOnLoopback = 20'000;

// Addresses that never repeat.
class AddressSpace {
 public:
  explicit AddressSpace(const SyntheticPlan& plan)
      : loopback_(plan.on_loopback), second_(plan.on_loopback ? 10 + (plan.seed % 200) : 0) {}

  std::string Next() {
    const std::size_t number = count_++;
    return fmt::format("{}.{}.{}.{}", loopback_ ? 127 : 10,
                       second_ + (number / (std::size_t{254} * 254)), number / 254 % 254,
                       1 + (number % 254));
  }

 private:
  bool loopback_;
  std::size_t second_;
  std::size_t count_ = 0;
};

struct Host {
  HostPlan plan;
  std::size_t tasks = 0;
  std::set<std::string> families;  // of host mode: each at most once, its port is taken then
};

class Builder {
 public:
  explicit Builder(const SyntheticPlan& plan) : plan_(plan), dice_(plan.seed), addresses_(plan) {
    built_.account = std::make_unique<Account>(plan.region, plan.account_id);
  }

  SyntheticAccount Build() {
    for (std::size_t i = 0; i < plan_.clusters; ++i) {
      const std::size_t tasks =
          (plan_.tasks / plan_.clusters) + (i < plan_.tasks % plan_.clusters ? 1 : 0);
      AddCluster(fmt::format("cluster-{:03}", i), tasks);
    }
    for (std::size_t i = 0; i < plan_.clusters; ++i) {
      const std::size_t tasks =
          (plan_.external / plan_.clusters) + (i < plan_.external % plan_.clusters ? 1 : 0);
      if (tasks > 0) AddExternal(*built_.account->clusters()[i], tasks);
    }
    return std::move(built_);
  }

 private:
  void AddCluster(const std::string& name, std::size_t tasks) {
    const std::string arn =
        fmt::format("arn:aws:ecs:{}:{}:cluster/{}", plan_.region, plan_.account_id, name);
    Cluster& cluster = built_.account->AddCluster({{"clusterArn", arn},
                                                   {"clusterName", name},
                                                   {"status", "ACTIVE"},
                                                   {"tags", Json::array()},
                                                   {"settings", Json::array()}});
    std::vector<ServicePlan> services = AddServices(name, tasks);
    std::vector<Host> hosts;
    for (std::size_t i = 0; i < tasks; ++i) {
      AddTask(cluster, services[i % services.size()], i, hosts);
    }
  }

  void AddExternal(Cluster& cluster, std::size_t tasks) {
    std::vector<ServicePlan> services;
    for (const std::size_t number : kExternalServices) {
      ServicePlan& service = services.emplace_back(
          PlanService(number, cluster.name + "-external", plan_.on_loopback, dice_));
      service.is_external = true;
      AddDefinitions(service);
    }
    std::vector<Host> hosts;
    for (std::size_t i = 0; i < tasks; ++i) {
      AddTask(cluster, services[i % services.size()], i, hosts);
    }
  }

  std::vector<ServicePlan> AddServices(const std::string& cluster, std::size_t tasks) {
    const std::size_t usual = std::max(std::min(tasks, kFewestServices), tasks / kTasksPerService);
    const std::size_t wanted = std::max(plan_.services / plan_.clusters, std::size_t{1});
    const std::size_t count = plan_.services == 0 ? usual : wanted;
    std::vector<ServicePlan> services;
    for (std::size_t i = 0; i < count; ++i) {
      auto& service = services.emplace_back(PlanService(i, cluster, plan_.on_loopback, dice_));
      for (auto& container : service.containers)
        container.in_range = container.in_range && plan_.port_ranges;
      AddDefinitions(service);
    }
    return services;
  }

  void AddDefinitions(const ServicePlan& service) {
    AddDefinition(service, service.revision);
    if (service.has_older_revision) AddDefinition(service, service.revision - 1);
  }

  void AddDefinition(const ServicePlan& service, std::uint64_t revision) {
    built_.account->AddTaskDefinition(
        DefinitionJson(service, revision, plan_.region, plan_.account_id));
  }

  void AddTask(Cluster& cluster, const ServicePlan& service, std::size_t number,
               std::vector<Host>& hosts) {
    const bool older = service.has_older_revision && number % 3 == 0;
    const bool on_eni =
        service.placement == Placement::kFargate || service.placement == Placement::kEc2Awsvpc;
    TaskPlan task{.service = service,
                  .region = plan_.region,
                  .account_id = plan_.account_id,
                  .cluster = cluster.name,
                  .revision = older ? service.revision - 1 : service.revision,
                  .eni_address = on_eni ? addresses_.Next() : std::string(),
                  .host = nullptr,
                  .running = number % kPendingEvery != kPendingEvery - 1};
    if (service.placement != Placement::kFargate) {
      task.host = &ChooseHost(cluster, service, hosts).plan;
    }
    Account::AddTask(cluster, TaskJson(task, dice_, built_.exporters));
  }

  Host& ChooseHost(Cluster& cluster, const ServicePlan& service, std::vector<Host>& hosts) {
    const bool host_mode = service.placement == Placement::kHost;
    // Only the newest few can have room: filling is in order.
    constexpr std::size_t kWindow = 32;
    const std::size_t first = hosts.size() > kWindow ? hosts.size() - kWindow : 0;
    const auto free = std::find_if(hosts.begin() + static_cast<std::ptrdiff_t>(first), hosts.end(),
                                   [&](const Host& host) {
                                     return host.tasks < kTasksPerInstance &&
                                            !(host_mode && host.families.contains(service.family));
                                   });
    Host& host =
        free != hosts.end() ? *free : hosts.emplace_back(AddHost(cluster, service.is_external));
    ++host.tasks;
    if (host_mode) host.families.insert(service.family);
    return host;
  }

  Host AddHost(Cluster& cluster, bool external) {
    const std::string id = (external ? "mi-" : "i-") + dice_.Hex(17);
    Host host;
    host.plan.address = addresses_.Next();
    host.plan.container_instance_arn =
        fmt::format("arn:aws:ecs:{}:{}:container-instance/{}/{}", plan_.region, plan_.account_id,
                    cluster.name, dice_.Hex(32));
    Account::AddContainerInstance(
        cluster,
        {{"containerInstanceArn", host.plan.container_instance_arn},
         {"ec2InstanceId", id},
         {"version", 7},
         {"versionInfo", {{"agentVersion", "1.89.0"}, {"dockerVersion", "25.0.8"}}},
         {"status", "ACTIVE"},
         {"agentConnected", true},
         {"attributes", Json::array({{{"name", "ecs.instance-type"}, {"value", "m6i.large"}}})},
         {"registeredAt", 1789000000.5},
         {"attachments", Json::array()},
         {"tags", Json::array()}});
    if (external) {
      built_.account->AddManagedInstance(InformationJson(id, host.plan.address));
    } else {
      built_.account->AddInstance(InstanceJson(id, host.plan.address));
    }
    return host;
  }

  // A name of an address in the VPC, as EC2 gives it by default ("IP name").
  [[nodiscard]] std::string NameOf(std::string address) const {
    std::ranges::replace(address, '.', '-');
    const bool is_oldest = plan_.region == "us-east-1";
    return fmt::format("ip-{}.{}", address,
                       is_oldest ? "ec2.internal" : plan_.region + ".compute.internal");
  }

  // The second interface's address answers nothing: it is the wrong one to scrape.
  Json InstanceJson(const std::string& id, const std::string& address) {
    const auto other = addresses_.Next();
    return {{"instanceId", id},
            {"imageId", "ami-0abcdef1234567890"},
            {"state", {{"code", 16}, {"name", "running"}}},
            {"instanceType", "m6i.large"},
            {"launchTime", "2026-09-21T12:00:00.000Z"},
            {"placement", {{"availabilityZone", plan_.region + "a"}, {"tenancy", "default"}}},
            {"subnetId", "subnet-0a1b2c3d"},
            {"vpcId", "vpc-0a1b2c3d"},
            {"architecture", "x86_64"},
            {"networkInterfaces",
             Json::array({{{"networkInterfaceId", "eni-" + dice_.Hex(17)},
                           {"privateIpAddress", other},
                           {"privateDnsName", NameOf(other)},
                           {"attachment", {{"deviceIndex", 1}, {"status", "attached"}}}},
                          {{"networkInterfaceId", "eni-" + dice_.Hex(17)},
                           {"privateIpAddress", address},
                           {"privateDnsName", NameOf(address)},
                           {"attachment", {{"deviceIndex", 0}, {"status", "attached"}}}}})},
            {"privateIpAddress", address},
            {"privateDnsName", NameOf(address)},
            {"tags", Json::array({{{"key", "Name"}, {"value", "ecs <sim> & \"friends\""}}})}};
  }

  Json InformationJson(const std::string& id, const std::string& address) {
    return {{"InstanceId", id},
            {"PingStatus", "Online"},
            {"LastPingDateTime", 1790000000.25},
            {"AgentVersion", "3.3.1611.0"},
            {"IsLatestVersion", true},
            {"PlatformType", "Linux"},
            {"PlatformName", "Debian GNU/Linux"},
            {"PlatformVersion", "12"},
            {"ActivationId", dice_.Uuid()},
            {"IamRole", "ecsAnywhereRole"},
            {"RegistrationDate", 1789000000.5},
            {"ResourceType", "ManagedInstance"},
            {"IPAddress", address},
            {"ComputerName", "rack-" + dice_.Hex(4)}};
  }

  const SyntheticPlan& plan_;
  Dice dice_;
  AddressSpace addresses_;
  SyntheticAccount built_;
};

}  // namespace

support::Result<SyntheticAccount> BuildSyntheticAccount(const SyntheticPlan& plan) {
  if (plan.on_loopback && plan.tasks + plan.external > kMostOnLoopback) {
    return support::Fail(support::ErrorKind::kConfig,
                         fmt::format("--exporters can serve at most {} tasks, not {}",
                                     kMostOnLoopback, plan.tasks + plan.external));
  }
  SyntheticAccount built = Builder(plan).Build();
  if (!plan.on_loopback) built.exporters.clear();
  return built;
}

}  // namespace ecsd::sim
