#include "sim/instance_xml.h"

#include <fmt/core.h>

#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include "sim/json.h"
#include "sim/xml_text.h"

namespace ecsd::sim {
namespace {

using NamePair = std::pair<std::string_view, std::string_view>;

// Members whose element has another name than the member (EC2's service model, `locationName`).
constexpr std::array kWireNames = {
    NamePair{"state", "instanceState"},
    NamePair{"publicIpAddress", "ipAddress"},
    NamePair{"publicDnsName", "dnsName"},
    NamePair{"networkInterfaces", "networkInterfaceSet"},
    NamePair{"securityGroups", "groupSet"},
    NamePair{"groups", "groupSet"},
    NamePair{"tags", "tagSet"},
    NamePair{"privateIpAddresses", "privateIpAddressesSet"},
    NamePair{"ipv6Addresses", "ipv6AddressesSet"},
    NamePair{"ipv4Prefixes", "ipv4PrefixSet"},
    NamePair{"ipv6Prefixes", "ipv6PrefixSet"},
    NamePair{"secondaryInterfaces", "secondaryInterfaceSet"},
    NamePair{"blockDeviceMappings", "blockDeviceMapping"},
    NamePair{"stateTransitionReason", "reason"},
};

std::string WireName(std::string member) {
  if (member.empty()) return "item";
  member[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(member[0])));
  for (const auto& [api, wire] : kWireNames) {
    if (member == api) return std::string(wire);
  }
  return member;
}

std::string Content(const Json& value);

std::string Members(const Json& object) {
  std::string out;
  for (const auto& [name, value] : object.items()) {
    if (value.is_null()) continue;
    out += fmt::format("<{0}>{1}</{0}>", WireName(name), Content(value));
  }
  return out;
}

std::string Content(const Json& value) {
  if (value.is_object()) return Members(value);
  if (value.is_string()) return EscapeXml(value.get<std::string>());
  if (!value.is_array()) return EscapeXml(Dump(value));
  std::string out;
  for (const Json& item : value) out += fmt::format("<item>{}</item>", Content(item));
  return out;
}

const Json* StateOf(const Json& instance) {
  const Json* state = Member(instance, "state");
  return state != nullptr ? state : Member(instance, "instanceState");
}

}  // namespace

std::string InstanceState(const Json& instance) {
  const Json* state = StateOf(instance);
  const std::string name = state == nullptr ? std::string() : TextOf(*state, "name");
  return name.empty() ? "running" : name;
}

std::string ReservationXml(const Json& instance, std::string_view owner_id) {
  const std::string state =
      StateOf(instance) != nullptr
          ? std::string()
          : "<instanceState><code>16</code><name>running</name></instanceState>";
  std::string id = TextOf(instance, "instanceId");
  id.erase(0, 2);
  return fmt::format(
      "<item><reservationId>r-{}</reservationId><ownerId>{}</ownerId><groupSet/>"
      "<instancesSet><item>{}{}</item></instancesSet></item>",
      EscapeXml(id), EscapeXml(owner_id), Members(instance), state);
}

}  // namespace ecsd::sim
