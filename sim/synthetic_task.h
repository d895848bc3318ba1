#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/dice.h"
#include "sim/exporters.h"
#include "sim/json.h"
#include "sim/synthetic_definition.h"

namespace ecsd::sim {

// The container instance a task runs on.
struct HostPlan {
  std::string container_instance_arn;
  std::string address;
  std::uint16_t next_port = 32768;  // of the dynamic host ports
};

struct TaskPlan {
  const ServicePlan& service;
  std::string_view region;
  std::string_view account_id;
  std::string_view cluster;  // its name
  std::uint64_t revision = 1;
  std::string eni_address;   // awsvpc
  HostPlan* host = nullptr;  // null for Fargate
  bool running = true;       // else still PENDING: no address, no binding
};

// The task as DescribeTasks answers it. Appends what must be reachable to `exporters`; host ports
// are taken from the host.
[[nodiscard]] Json TaskJson(const TaskPlan& plan, Dice& dice, std::vector<Exporter>& exporters);

}  // namespace ecsd::sim
