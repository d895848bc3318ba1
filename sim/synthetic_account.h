#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/account.h"
#include "sim/exporters.h"
#include "support/result.h"

namespace ecsd::sim {

struct SyntheticPlan {
  std::uint64_t seed = 1;
  std::size_t clusters = 1;
  std::size_t tasks = 0;     // in all clusters together
  std::size_t external = 0;  // tasks of ECS Anywhere beside them, in bridge and host mode
  bool on_loopback = false;  // addresses in 127.0.0.0/8, only http
  std::size_t services = 0;  // in all clusters together; 0: one for 20 tasks
  bool port_ranges = true;   // some mappings of ports are ranges
  std::string region = "us-east-1";
  std::string account_id = "123456789012";
};

struct SyntheticAccount {
  std::unique_ptr<Account> account;
  // Every container whose label names a port, where it is really reachable: only what is listed
  // here may be a target.
  std::vector<Exporter> exporters;
};

// Builds the same account from the same plan, byte for byte. It mixes Fargate, EC2 awsvpc, bridge
// and host tasks, services and standalone tasks, containers with and without a port label, and a
// few tasks that are still pending. Fails with kConfig when the addresses of 127.0.0.0/8 would not
// do.
[[nodiscard]] support::Result<SyntheticAccount> BuildSyntheticAccount(const SyntheticPlan& plan);

}  // namespace ecsd::sim
