#include "discovery/address_warnings.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ip_address.h"
#include "core/records.h"

namespace ecsd::discovery {
namespace {

std::string MachinesText(const std::vector<std::string>& ids) {
  if (ids.size() == 1) return "machine " + ids.front();
  const auto more = ids.size() > 2 ? fmt::format(" and {} more", ids.size() - 2) : std::string();
  return fmt::format("{} machines ({}, {}{})", ids.size(), ids[0], ids[1], more);
}

std::string WarningText(std::string_view address, const std::vector<std::string>& ids) {
  const auto* why = core::IsDockerBridgeDefault(address)
                        ? "it is the default address of Docker's bridge docker0"
                        : "at most one of them answers there";
  return fmt::format(
      "Systems Manager reports {} for {}: {}; make the SSM Agent report the machine's own address",
      address, MachinesText(ids), why);
}

}  // namespace

std::vector<AddressWarning> FindAddressWarnings(
    std::span<const std::shared_ptr<const core::Instance>> machines) {
  std::map<std::string, std::vector<std::string>> ids_by_address;
  for (const auto& machine : machines) {
    const auto& [ipv4, ipv6] = machine->addresses;
    ids_by_address[ipv4.empty() ? ipv6 : ipv4].push_back(machine->id);
  }
  std::vector<AddressWarning> warnings;
  for (auto& [address, ids] : ids_by_address) {
    if (address.empty() || (ids.size() == 1 && !core::IsDockerBridgeDefault(address))) continue;
    std::ranges::sort(ids);
    auto text = WarningText(address, ids);
    warnings.push_back({.ids = std::move(ids), .text = std::move(text)});
  }
  return warnings;
}

}  // namespace ecsd::discovery
