#include "core/reach.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/ip_address.h"
#include "core/port.h"
#include "core/reason.h"
#include "core/records.h"
#include "core/skip.h"

namespace ecsd::core {
namespace {

std::string TextOf(const PortRange& range) {
  return range.single() ? fmt::format("{}", range.first)
                        : fmt::format("{}-{}", range.first, range.last);
}

std::string_view NameOf(Protocol protocol) {
  switch (protocol) {
    case Protocol::kTcp:
      return "tcp";
    case Protocol::kUdp:
      return "udp";
    case Protocol::kOther:
      break;
  }
  return "other";
}

// "8080->32768/tcp on 0.0.0.0, 53->32770/udp", or "none".
std::string Describe(const std::vector<NetworkBinding>& bindings) {
  std::string text;
  for (const auto& binding : bindings) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}->{}/{}", TextOf(binding.container),
                        binding.host ? TextOf(*binding.host) : "?", NameOf(binding.protocol));
    if (!binding.bind_ip.empty()) text += " on " + binding.bind_ip;
  }
  return text.empty() ? "none" : text;
}

std::string Describe(const std::vector<PortMapping>& mappings) {
  std::string text;
  for (const auto& mapping : mappings) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}/{}", TextOf(mapping.container), NameOf(mapping.protocol));
  }
  return text.empty() ? "none" : text;
}

// The host port that `port` of the container is mapped to; none when the binding does not hold it.
std::optional<std::uint16_t> HostPortFor(const NetworkBinding& binding, std::uint16_t port) {
  if (!binding.host || !binding.container.Contains(port)) return std::nullopt;
  const int host_port = binding.host->first + (port - binding.container.first);
  if (host_port > binding.host->last) return std::nullopt;
  return static_cast<std::uint16_t>(host_port);
}

// Only tcp can be scraped, and a binding on loopback answers only inside the instance.
bool IsUsable(const NetworkBinding& binding) {
  return binding.protocol == Protocol::kTcp && binding.host && !IsLoopback(binding.bind_ip);
}

// A binding that does not say its address is taken to be of any family.
bool HasFamily(const NetworkBinding& binding, IpFamily family) {
  const auto own = FamilyOf(binding.bind_ip);
  return own == IpFamily::kNone || own == family;
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
    return std::pair(HasFamily(*candidate.binding, family) ? 0 : 1, candidate.host_port);
  };
  std::ranges::stable_sort(candidates, {}, rank);
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

const std::string& Preferred(const IpAddresses& addresses) {
  return addresses.ipv4.empty() ? addresses.ipv6 : addresses.ipv4;
}

// The container's own interface first, then the task's attachment; IPv4 from either before IPv6.
const std::string& TaskAddress(const Task& task, const Container& container) {
  for (const auto* ipv4 : {&container.addresses.ipv4, &task.interface_addresses.ipv4}) {
    if (!ipv4->empty()) return *ipv4;
  }
  return container.addresses.ipv6.empty() ? task.interface_addresses.ipv6
                                          : container.addresses.ipv6;
}

OrSkip<Reach> ReachAt(const std::string& host, const Placement& placement,
                      std::optional<std::uint16_t> port) {
  if (port) return Reach{.host = host, .port = *port};
  return OnlyMappedPort(placement.container_definition).map([&](std::uint16_t only) {
    return Reach{.host = host, .port = only};
  });
}

OrSkip<Reach> AwsvpcReach(const Placement& placement, std::optional<std::uint16_t> port) {
  const auto& host = TaskAddress(placement.task, placement.container);
  if (host.empty()) {
    return SkipBecause(Reason::kNoAddress, placement.task.has_network_interface
                                               ? "the task's network interface has no address yet"
                                               : "the task has no network interface yet");
  }
  return ReachAt(host, placement, port);
}

tl::unexpected<Skip> NoInstanceAddress(const Placement& placement) {
  const auto& arn = placement.task.container_instance_arn;
  if (arn.empty())
    return SkipBecause(Reason::kNoInstanceAddress, "the task names no container instance");
  return SkipBecause(Reason::kNoInstanceAddress,
                     fmt::format("no private address is known for container instance {}", arn));
}

OrSkip<Reach> HostReach(const Placement& placement, std::optional<std::uint16_t> port) {
  if (placement.instance == nullptr || placement.instance->empty())
    return NoInstanceAddress(placement);
  return ReachAt(Preferred(*placement.instance), placement, port);
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

OrSkip<Reach> BridgeReach(const Placement& placement, std::optional<std::uint16_t> port) {
  const auto& container = placement.container;
  const bool has_address = placement.instance != nullptr && !placement.instance->empty();
  const auto address = has_address ? Preferred(*placement.instance) : std::string();
  OrSkip<std::uint16_t> wanted = port ? OrSkip<std::uint16_t>(*port) : OnlyBoundPort(container);
  const auto candidates =
      wanted ? CandidatesFor(container, *wanted, FamilyOf(address)) : std::vector<Candidate>{};
  for (const auto& [binding, host_port] : candidates) {
    const auto& bind_ip = binding->bind_ip;
    const bool specific = FamilyOf(bind_ip) != IpFamily::kNone && !IsUnspecified(bind_ip);
    if (specific) return Reach{.host = bind_ip, .port = host_port};
    if (has_address) return Reach{.host = address, .port = host_port};
  }
  if (!has_address) return NoInstanceAddress(placement);
  if (!wanted) return tl::unexpected(std::move(wanted).error());
  return SkipBecause(Reason::kNoBinding, NoBindingDetail(container, *wanted));
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
