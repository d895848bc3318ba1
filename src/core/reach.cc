#include "core/reach.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/ip_address.h"
#include "core/port.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/skip.h"

namespace ecsd::core {
namespace {

// The host port that `port` of the container is mapped to; none when the binding does not hold it.
std::optional<std::uint16_t> HostPortFor(const NetworkBinding& binding, std::uint16_t port) {
  if (!binding.host || !binding.container.Contains(port)) return std::nullopt;
  const int host_port = binding.host->first + (port - binding.container.first);
  if (host_port > binding.host->last) return std::nullopt;
  return static_cast<std::uint16_t>(host_port);
}

// Only tcp can be scraped, and a binding on loopback or link-local answers only inside the
// instance.
bool IsUsable(const NetworkBinding& binding) {
  const bool answers = IsUnspecified(binding.bind_ip) || UnreachableKind(binding.bind_ip).empty();
  return binding.protocol == Protocol::kTcp && binding.host && answers;
}

// A binding that does not say its address is taken to be of any family.
bool HasFamily(const NetworkBinding& binding, IpFamily family) {
  const auto own = FamilyOf(binding.bind_ip);
  return own == IpFamily::kNone || own == family;
}

// Machines of ECS Anywhere, whose address Systems Manager reports.
bool IsManaged(std::string_view instance_id) {
  return instance_id.starts_with("mi-");
}

struct Candidate {
  const NetworkBinding* binding = nullptr;
  std::uint16_t host_port = 0;
};

// The usable bindings of `port`, best first: of the family of `address`, then by host port, so that
// the choice does not hang on the order of the answer.
std::vector<Candidate> CandidatesFor(const Container& container, std::uint16_t port,
                                     IpFamily family) {
  std::vector<Candidate> candidates;
  for (const auto& binding : container.bindings) {
    if (!IsUsable(binding)) continue;
    if (const auto host_port = HostPortFor(binding, port))
      candidates.push_back({&binding, *host_port});
  }
  const auto rank = [family](const Candidate& candidate) {
    return std::tuple(HasFamily(*candidate.binding, family) ? 0 : 1, candidate.host_port,
                      std::string_view(candidate.binding->bind_ip));
  };
  std::ranges::sort(candidates, {}, rank);
  return candidates;
}

// The only tcp port that the bindings publish; a port bound for IPv4 and for IPv6 counts once.
OrSkip<std::uint16_t> OnlyBoundPort(const Container& container) {
  std::optional<PortRange> only;
  std::vector<const NetworkBinding*> seen;
  for (const auto& binding : container.bindings) {
    if (!IsUsable(binding)) continue;
    const bool twin = std::ranges::all_of(seen, [&](const NetworkBinding* other) {
      return other->container == binding.container &&
             (*other == binding || FamilyOf(other->bind_ip) != FamilyOf(binding.bind_ip));
    });
    if (!twin || !binding.container.single()) {
      return SkipBecause(Reason::kAmbiguousBinding,
                         fmt::format("more than one tcp port is bound, and dynamic detection needs "
                                     "exactly one; bindings: {}",
                                     Describe(container.bindings)));
    }
    seen.push_back(&binding);
    only = binding.container;
  }
  if (!only) {
    return SkipBecause(Reason::kNoBinding, fmt::format("no tcp port is bound; bindings: {}",
                                                       Describe(container.bindings)));
  }
  return only->first;
}

// The only tcp port of the definition's port mappings, for the modes that have no bindings.
OrSkip<std::uint16_t> OnlyMappedPort(const ContainerDefinition& definition) {
  std::optional<PortRange> only;
  for (const auto& mapping : definition.port_mappings) {
    if (mapping.protocol != Protocol::kTcp) continue;
    if (!mapping.container.single() || (only && *only != mapping.container)) {
      return SkipBecause(
          Reason::kAmbiguousBinding,
          fmt::format("more than one tcp port is mapped, and dynamic detection needs "
                      "exactly one; mappings: {}",
                      Describe(definition.port_mappings)));
    }
    only = mapping.container;
  }
  if (!only) {
    return SkipBecause(Reason::kNoBinding,
                       fmt::format("the definition maps no tcp port; mappings: {}",
                                   Describe(definition.port_mappings)));
  }
  return only->first;
}

// What ECS reports of a task's own addresses: the container's own interface first, then the task's
// attachment; IPv4 from either before IPv6.
std::array<Reach, 4> TaskAddresses(const Task& task, const Container& container) {
  using enum AddressSource;
  const auto& attached = task.interface_addresses;
  const auto& own = container.addresses;
  return {Reach{.host = own.ipv4, .source = kContainerInterface},
          Reach{.host = attached.ipv4, .source = kTaskInterface},
          Reach{.host = own.ipv6, .source = kContainerInterface},
          Reach{.host = attached.ipv6, .source = kTaskInterface}};
}

// `at` with the port that was asked for, or with the only one that the definition maps.
OrSkip<Reach> WithPort(Reach at, const Placement& placement, std::optional<std::uint16_t> port) {
  auto chosen =
      port ? OrSkip<std::uint16_t>(*port) : OnlyMappedPort(placement.container_definition);
  if (!chosen) return tl::unexpected(std::move(chosen).error());
  at.port = *chosen;
  return at;
}

OrSkip<Reach> AwsvpcReach(const Placement& placement, std::optional<std::uint16_t> port) {
  std::string unreachable;
  for (auto& address : TaskAddresses(placement.task, placement.container)) {
    if (address.host.empty()) continue;
    // A loopback address is that of a stand-in for AWS, which has its tasks on this machine.
    const auto kind = IsLoopback(address.host) ? std::string_view() : UnreachableKind(address.host);
    if (kind.empty()) return WithPort(std::move(address), placement, port);
    if (unreachable.empty()) unreachable = fmt::format("ECS reports {}, {}", address.host, kind);
  }
  if (!unreachable.empty()) return SkipBecause(Reason::kNoAddress, std::move(unreachable));
  return SkipBecause(Reason::kNoAddress, placement.task.has_network_interface
                                             ? "the task's network interface has no address yet"
                                             : "the task has no network interface yet");
}

// The instance's private address; IPv4 before IPv6.
std::optional<std::string> InstanceAddress(const Placement& placement) {
  const auto* addresses = placement.references.instance;
  if (addresses == nullptr) return std::nullopt;
  const auto id = placement.references.instance_id;
  for (const auto* text : {&addresses->ipv4, &addresses->ipv6}) {
    if (!text->empty() && UnreachableInstanceKind(*text, id).empty()) return *text;
  }
  return std::nullopt;
}

// What was reported in place of an address that can be reached; empty when nothing was.
std::string ReportedInstead(const References& references) {
  if (references.instance == nullptr || references.instance->empty()) return {};
  const auto& [ipv4, ipv6] = *references.instance;
  const auto& text = ipv4.empty() ? ipv6 : ipv4;
  const auto kind = UnreachableInstanceKind(text, references.instance_id);
  if (kind.empty()) return {};
  return fmt::format("{} reports {}, {}",
                     IsManaged(references.instance_id) ? "Systems Manager" : "EC2", text, kind);
}

tl::unexpected<Skip> NoInstanceAddress(const Placement& placement) {
  const auto& arn = placement.task.container_instance_arn;
  const auto& references = placement.references;
  if (arn.empty()) {
    return SkipBecause(Reason::kNoInstanceAddress, "the task names no container instance");
  }
  const auto reported = ReportedInstead(references);
  const std::string_view why = reported.empty() ? references.why_no_instance : reported;
  return SkipBecause(Reason::kNoInstanceAddress,
                     fmt::format("no private address is known for container instance {}{}{}",
                                 references.instance_id.empty() ? arn : references.instance_id,
                                 why.empty() ? "" : ": ", why));
}

OrSkip<Reach> HostReach(const Placement& placement, std::optional<std::uint16_t> port) {
  auto address = InstanceAddress(placement);
  if (!address) return NoInstanceAddress(placement);
  return WithPort({.host = *std::move(address), .source = AddressSource::kInstance}, placement,
                  port);
}

// The tcp mapping of the definition that holds `port`; null when there is none.
const PortMapping* MappingOf(const ContainerDefinition& definition, std::uint16_t port) {
  const auto found = std::ranges::find_if(definition.port_mappings, [port](const auto& mapping) {
    return mapping.protocol == Protocol::kTcp && mapping.container.Contains(port);
  });
  return found == definition.port_mappings.end() ? nullptr : &*found;
}

bool IsBound(const Container& container, std::uint16_t port) {
  return std::ranges::any_of(container.bindings, [port](const auto& binding) {
    return binding.protocol == Protocol::kTcp && binding.container.Contains(port);
  });
}

}  // namespace

bool AwaitsBinding(const Container& container, const ContainerDefinition& definition,
                   std::uint16_t port) {
  return MappingOf(definition, port) != nullptr && !IsBound(container, port);
}

std::string_view UnreachableInstanceKind(std::string_view address, std::string_view instance_id) {
  return IsManaged(instance_id) ? UnreachableKind(address) : UnreachableVpcKind(address);
}

bool CanBeReached(const Instance& instance) {
  const auto& [ipv4, ipv6] = instance.addresses;
  return std::ranges::any_of(std::array{&ipv4, &ipv6}, [&](const std::string* address) {
    return !address->empty() && UnreachableInstanceKind(*address, instance.id).empty();
  });
}

namespace {

// The host port that the definition fixes for `port` of a container that runs. Docker binds it
// before the container starts, so it stands in while ECS reports no binding of the port.
std::optional<std::uint16_t> FixedHostPort(const Placement& placement, std::uint16_t port) {
  const auto& container = placement.container;
  if (container.last_status != "RUNNING" || IsBound(container, port)) return std::nullopt;
  const auto* mapping = MappingOf(placement.container_definition, port);
  return mapping == nullptr ? std::nullopt : mapping->host;
}

// The port to look for: the one that was asked for, else the only bound one; where no binding is
// reported, the only mapped one with a fixed host port.
OrSkip<std::uint16_t> PortToFind(const Placement& placement, std::optional<std::uint16_t> port) {
  if (port) return *port;
  auto bound = OnlyBoundPort(placement.container);
  if (bound || !placement.container.bindings.empty()) return bound;
  auto mapped = OnlyMappedPort(placement.container_definition);
  return mapped && FixedHostPort(placement, *mapped) ? mapped : bound;
}

// A label that names the host port instead of the container port is the most common mistake, so it
// is said.
std::string NoBindingDetail(const Container& container, std::uint16_t port) {
  for (const auto& binding : container.bindings) {
    if (!binding.host || !binding.host->Contains(port) || binding.protocol != Protocol::kTcp)
      continue;
    return fmt::format(
        "the label says {}, which is a host port; it must be the container port: {}; bindings: {}",
        port, binding.container.first + (port - binding.host->first), Describe(container.bindings));
  }
  return fmt::format("the label says {}, but no tcp binding has that container port; bindings: {}",
                     port, Describe(container.bindings));
}

tl::unexpected<Skip> NoBinding(const Placement& placement, std::uint16_t port) {
  const auto& container = placement.container;
  return SkipBecause(Reason::kNoBinding,
                     AwaitsBinding(container, placement.container_definition, port)
                         ? fmt::format("the definition maps port {}; {}; bindings: {}", port,
                                       kBindingNotReported, Describe(container.bindings))
                         : NoBindingDetail(container, port));
}

OrSkip<Reach> BridgeReach(const Placement& placement, std::optional<std::uint16_t> port) {
  const auto& container = placement.container;
  const auto address = InstanceAddress(placement);
  auto wanted = PortToFind(placement, port);
  const auto candidates = wanted ? CandidatesFor(container, *wanted, FamilyOf(address.value_or("")))
                                 : std::vector<Candidate>{};
  for (const auto& [binding, host_port] : candidates) {
    const auto& bind_ip = binding->bind_ip;
    if (FamilyOf(bind_ip) != IpFamily::kNone && !IsUnspecified(bind_ip)) {
      return Reach{.host = bind_ip, .port = host_port, .source = AddressSource::kBinding};
    }
    if (address) {
      return Reach{.host = *address, .port = host_port, .source = AddressSource::kInstance};
    }
  }
  if (!address) return NoInstanceAddress(placement);
  if (!wanted) return tl::unexpected(std::move(wanted).error());
  if (const auto fixed = FixedHostPort(placement, *wanted)) {
    return Reach{
        .host = *address, .port = *fixed, .source = AddressSource::kInstance, .fixed_port = true};
  }
  return NoBinding(placement, *wanted);
}

}  // namespace

NetworkMode ModeOf(const TaskDefinition& definition, const Task& task) {
  const std::string_view mode = definition.network_mode;
  if (mode == "awsvpc") return NetworkMode::kAwsvpc;
  if (mode == "bridge" || mode == "default") return NetworkMode::kBridge;
  if (mode == "host") return NetworkMode::kHost;
  if (mode == "none") return NetworkMode::kNone;
  if (!mode.empty()) return NetworkMode::kUnknown;
  return task.has_network_interface ? NetworkMode::kAwsvpc : NetworkMode::kBridge;
}

OrSkip<Reach> FindReach(const Placement& placement, std::optional<std::uint16_t> port) {
  switch (ModeOf(placement.definition, placement.task)) {
    case NetworkMode::kAwsvpc:
      return AwsvpcReach(placement, port);
    case NetworkMode::kBridge:
      return BridgeReach(placement, port);
    case NetworkMode::kHost:
      return HostReach(placement, port);
    case NetworkMode::kNone:
      return SkipBecause(Reason::kNoNetwork, "the task's network mode is none");
    case NetworkMode::kUnknown:
      break;
  }
  return SkipBecause(Reason::kNoNetwork,
                     fmt::format("the task's network mode is {}, which this program does not know",
                                 placement.definition.network_mode));
}

}  // namespace ecsd::core
