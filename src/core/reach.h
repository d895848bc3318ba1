#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/records.h"
#include "core/skip.h"

namespace ecsd::core {

// Where an address was found.
enum class AddressSource : std::uint8_t {
  kContainerInterface,  // the container's networkInterfaces
  kTaskInterface,       // the task's elastic network interface attachment
  kInstance,            // the private address of its container instance
  kBinding,             // the specific address that the port is bound to
};

// Where one port of a container answers, seen from outside its task.
struct Reach {
  std::string host;
  std::uint16_t port = 0;
  AddressSource source = AddressSource::kInstance;
  // The port is the hostPort that the definition fixes: ECS reports no binding of it.
  bool fixed_port = false;
  friend bool operator==(const Reach&, const Reach&) = default;
};

// How a task's containers are connected. Windows' `default` (NAT) behaves as bridge does.
enum class NetworkMode : std::uint8_t { kAwsvpc, kBridge, kHost, kNone, kUnknown };

// The mode of `task`: what its definition says; where it says nothing, awsvpc when the task has a
// network interface of its own, else bridge (Amazon ECS Developer Guide, "networkMode").
[[nodiscard]] NetworkMode ModeOf(const TaskDefinition& definition, const Task& task);

// What is known of the things that a task refers to. A null pointer means "not known", and then the
// text beside it may say why, for a person.
struct References {
  const TaskDefinition* definition = nullptr;
  std::string_view why_no_definition;
  const IpAddresses* instance = nullptr;  // private addresses of its container instance
  std::string_view instance_id;           // `i-...` or `mi-...`; empty: not known
  std::string_view why_no_instance;
};

// Why `address`, as reported for the instance `instance_id`, cannot be reached from another machine
// (ip_address.h, UnreachableKind); empty when it may be.
[[nodiscard]] std::string_view UnreachableInstanceKind(std::string_view address,
                                                       std::string_view instance_id);

// Whether an address of `instance` may be reached from another machine.
[[nodiscard]] bool CanBeReached(const Instance& instance);

// Part of the detail of no_binding, where the task definition has no fault.
inline constexpr std::string_view kBindingNotReported =
    "ECS has not reported the binding yet; check the ECS agent";

// Whether the definition maps the tcp port `port` and no binding of it is reported.
[[nodiscard]] bool AwaitsBinding(const Container& container, const ContainerDefinition& definition,
                                 std::uint16_t port);

// The facts that decide where a container can be reached.
struct Placement {
  const Task& task;
  const Container& container;
  const TaskDefinition& definition;
  const ContainerDefinition& container_definition;
  const References& references;
};

// Where `port` of the container answers; without a port (dynamic detection) its only tcp port.
// - awsvpc: the task's own interface, IPv4 before IPv6, and the port itself.
// - bridge: the instance's address (or the one a binding is bound to) and the host port of the tcp
//   binding that holds the port; a binding of the address's family before any other; loopback and
//   link-local bindings do not count. While ECS reports no binding of the port for a container that
//   runs, the hostPort that its port mapping fixes stands in; a reported binding always wins.
// - host: the instance's address and the port itself.
// - none and what we do not know: nowhere.
// An address that cannot be reached from another machine (see UnreachableInstanceKind) is skipped.
[[nodiscard]] OrSkip<Reach> FindReach(const Placement& placement,
                                      std::optional<std::uint16_t> port);

}  // namespace ecsd::core
