#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/dice.h"
#include "sim/json.h"

namespace ecsd::sim {

enum class Placement : std::uint8_t { kFargate, kEc2Awsvpc, kBridge, kHost };

// One container of a synthetic service. Its metrics port is its only port.
struct ContainerPlan {
  std::string name;
  std::uint16_t port = 0;   // 0: no port at all
  bool exported = false;    // carries the docker label with the port
  std::string path;         // label, and so the exporter's path; empty: no label, /metrics
  std::string scheme;       // label; empty: none
  std::string job;          // label; empty: none
  bool in_range = false;    // bridge: the mapping is a range that holds the port
  bool beside_udp = false;  // bridge: the same port is mapped for udp as well
};

// One family: what a service, or a standalone task, runs.
struct ServicePlan {
  std::string family;
  Placement placement = Placement::kFargate;
  std::uint64_t revision = 1;
  bool has_older_revision = false;
  bool is_service = true;
  bool is_external = false;         // runs on instances of ECS Anywhere
  bool has_ipv6_bindings = false;   // bridge: `::` twins of the bindings
  bool has_injected_agent = false;  // Fargate: a container that the definition does not know
  std::vector<ContainerPlan> containers;
};

// Ports of a mapped range that holds `port`: from port-kPortsBefore to port+kPortsAfter.
inline constexpr std::uint16_t kPortsBefore = 2;
inline constexpr std::uint16_t kPortsAfter = 2;

// The service with this number; `http_only` leaves out the scheme https.
[[nodiscard]] ServicePlan PlanService(std::size_t number, std::string_view cluster, bool http_only,
                                      Dice& dice);

// The definition as DescribeTaskDefinition answers it, with its tags inside as a conformance file
// has them.
[[nodiscard]] Json DefinitionJson(const ServicePlan& service, std::uint64_t revision,
                                  std::string_view region, std::string_view account_id);

}  // namespace ecsd::sim
