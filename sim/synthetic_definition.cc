#include "sim/synthetic_definition.h"

#include <fmt/core.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/dice.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

// Half Fargate, the rest spread; every mode comes early, so that small accounts have them all.
constexpr std::array kPlacements = {
    Placement::kFargate, Placement::kBridge, Placement::kEc2Awsvpc, Placement::kHost,
    Placement::kFargate, Placement::kBridge, Placement::kFargate,   Placement::kEc2Awsvpc,
    Placement::kFargate, Placement::kFargate};

// Host ports of services must differ on one instance.
constexpr std::uint16_t kFirstHostModePort = 20000;
constexpr std::size_t kHostModeServices = 4000;

std::string_view NetworkMode(Placement placement) {
  if (placement == Placement::kBridge) return "bridge";
  return placement == Placement::kHost ? "host" : "awsvpc";
}

ContainerPlan PlanMetrics(const ServicePlan& service, std::size_t number, bool http_only,
                          Dice& dice) {
  // Not 8080 or 9090: whoever listens there at all addresses would keep the exporters from doing
  // so.
  constexpr std::array<std::uint16_t, 4> kPorts = {9102, 9464, 18080, 19090};
  ContainerPlan plan;
  plan.exported = true;
  plan.port = kPorts.at(dice.Below(kPorts.size()));
  if (service.placement == Placement::kHost) {
    plan.port = static_cast<std::uint16_t>(kFirstHostModePort + ((number % kHostModeServices) * 2));
  }
  if (number % 3 == 1) plan.path = "/internal/metrics";
  if (number % 4 == 2) plan.job = fmt::format("job-{}", number % 16);
  if (number % 5 == 0) plan.scheme = http_only || number % 2 == 0 ? "http" : "https";
  plan.in_range = service.placement == Placement::kBridge && number % 10 == 5;
  plan.beside_udp = service.placement == Placement::kBridge && number % 20 == 1;
  return plan;
}

void PlanContainers(ServicePlan& service, std::size_t number, bool http_only, Dice& dice) {
  ContainerPlan app = PlanMetrics(service, number, http_only, dice);
  app.name = "app";
  if (number % 6 == 4) app.exported = false;
  service.containers.push_back(app);
  if (number % 3 != 2) service.containers.emplace_back().name = "log-router";
  if (number % 4 != 1) return;
  ContainerPlan exporter = PlanMetrics(service, number, http_only, dice);
  exporter.name = "exporter";
  exporter.port = static_cast<std::uint16_t>(app.port + 1);
  exporter.in_range = false;
  service.containers.push_back(exporter);
}

Json PortMappings(const ServicePlan& service, const ContainerPlan& container) {
  Json mappings = Json::array();
  if (container.port == 0) return mappings;
  if (container.in_range) {
    mappings.push_back({{"containerPortRange", fmt::format("{}-{}", container.port - kPortsBefore,
                                                           container.port + kPortsAfter)},
                        {"protocol", "tcp"}});
    return mappings;
  }
  const int host_port = service.placement == Placement::kBridge ? 0 : container.port;
  if (container.beside_udp) {
    mappings.push_back(
        {{"containerPort", container.port}, {"hostPort", host_port}, {"protocol", "udp"}});
  }
  mappings.push_back(
      {{"containerPort", container.port}, {"hostPort", host_port}, {"protocol", "tcp"}});
  return mappings;
}

Json DockerLabels(const ServicePlan& service, const ContainerPlan& container) {
  Json labels = {{"com.example.team", fmt::format("team-{}", service.family.size() % 5)}};
  if (!container.exported) return labels;
  labels["PROMETHEUS_EXPORTER_PORT"] = fmt::format("{}", container.port);
  if (!container.path.empty()) labels["PROMETHEUS_EXPORTER_PATH"] = container.path;
  if (!container.scheme.empty()) labels["PROMETHEUS_EXPORTER_SCHEME"] = container.scheme;
  if (!container.job.empty()) labels["PROMETHEUS_EXPORTER_JOB_NAME"] = container.job;
  return labels;
}

Json ContainerDefinition(const ServicePlan& service, const ContainerPlan& container,
                         std::uint64_t revision, std::string_view region,
                         std::string_view account_id) {
  return {{"name", container.name},
          {"image", fmt::format("{}.dkr.ecr.{}.amazonaws.com/{}:v{}", account_id, region,
                                service.family, revision)},
          {"cpu", 0},
          {"memory", 512},
          {"portMappings", PortMappings(service, container)},
          {"essential", container.name == "app"},
          {"environment", Json::array({{{"name", "LOG_LEVEL"}, {"value", "info"}},
                                       {{"name", "STAGE"}, {"value", "production"}}})},
          {"mountPoints", Json::array()},
          {"volumesFrom", Json::array()},
          {"dockerLabels", DockerLabels(service, container)},
          {"logConfiguration",
           {{"logDriver", "awslogs"},
            {"options",
             {{"awslogs-group", fmt::format("/ecs/{}", service.family)},
              {"awslogs-region", region},
              {"awslogs-stream-prefix", "ecs"}}}}}};
}

Json Compatibilities(const ServicePlan& service) {
  if (service.is_external) return Json::array({"EXTERNAL", "EC2"});
  return service.placement == Placement::kFargate ? Json::array({"EC2", "FARGATE"})
                                                  : Json::array({"EC2"});
}

}  // namespace

ServicePlan PlanService(std::size_t number, std::string_view cluster, bool http_only, Dice& dice) {
  ServicePlan service;
  service.family = fmt::format("{}-svc-{:04}", cluster, number);
  service.placement = kPlacements.at(number % kPlacements.size());
  service.revision = 2 + dice.Below(400);
  service.has_older_revision = number % 4 == 3;
  service.is_service = number % 7 != 6;
  service.has_ipv6_bindings = service.placement == Placement::kBridge && number % 20 >= 10;
  service.has_injected_agent = service.placement == Placement::kFargate && number % 5 == 0;
  PlanContainers(service, number, http_only, dice);
  return service;
}

Json DefinitionJson(const ServicePlan& service, std::uint64_t revision, std::string_view region,
                    std::string_view account_id) {
  Json containers = Json::array();
  for (const ContainerPlan& one : service.containers) {
    containers.push_back(ContainerDefinition(service, one, revision, region, account_id));
  }
  return {{"taskDefinitionArn", fmt::format("arn:aws:ecs:{}:{}:task-definition/{}:{}", region,
                                            account_id, service.family, revision)},
          {"containerDefinitions", containers},
          {"family", service.family},
          {"networkMode", NetworkMode(service.placement)},
          {"revision", revision},
          {"volumes", Json::array()},
          {"status", revision == service.revision ? "ACTIVE" : "INACTIVE"},
          {"requiresAttributes",
           Json::array({{{"name", "com.amazonaws.ecs.capability.docker-remote-api.1.18"}}})},
          {"placementConstraints", Json::array()},
          {"compatibilities", Compatibilities(service)},
          {"cpu", "256"},
          {"memory", "512"},
          {"registeredAt", 1700000000.25},
          {"registeredBy", fmt::format("arn:aws:iam::{}:user/deploy", account_id)},
          {"tags", Json::array({{{"key", "team"}, {"value", "platform & tools"}}})}};
}

}  // namespace ecsd::sim
