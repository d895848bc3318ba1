#include "aws/ec2_codec.h"

#include <fmt/core.h>

#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "aws/form.h"
#include "core/ip_address.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using core::IpFamily;
using pugi::xml_node;
using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr std::string_view kEc2Version = "2016-11-15";

// Keeps the first address of the family; anything else makes the instance malformed.
void KeepFirst(IpFamily family, std::string_view text, std::string& kept,
               core::Instance& instance) {
  if (text.empty()) return;
  if (core::FamilyOf(text) != family) {
    instance.malformed = true;
  } else if (kept.empty()) {
    kept = text;
  }
}

// The main interface: device index 0 on network card 0 (absent means 0). Traffic of others need not
// reach the host.
bool IsPrimary(const xml_node& interface) {
  const auto attachment = interface.child("attachment");
  const std::string_view device = attachment.child_value("deviceIndex");
  const std::string_view card = attachment.child_value("networkCardIndex");
  return device == "0" && (card.empty() || card == "0");
}

// The addresses of an instance or of one of its interfaces.
void AddAddresses(const xml_node& node, core::Instance& instance) {
  auto& [ipv4, ipv6] = instance.addresses;
  KeepFirst(IpFamily::kV4, node.child_value("privateIpAddress"), ipv4, instance);
  KeepFirst(IpFamily::kV6, node.child_value("ipv6Address"), ipv6, instance);
  for (const auto& item : node.child("ipv6AddressesSet").children("item")) {
    KeepFirst(IpFamily::kV6, item.child_value("ipv6Address"), ipv6, instance);
  }
}

core::Instance ReadInstance(const xml_node& item) {
  core::Instance instance{.id = item.child_value("instanceId"), .addresses = {}};
  AddAddresses(item, instance);
  for (const auto& interface : item.child("networkInterfaceSet").children("item")) {
    if (IsPrimary(interface)) AddAddresses(interface, instance);
  }
  const std::string_view state = item.child("instanceState").child_value("name");
  instance.terminated = state == "terminated";
  instance.malformed = instance.malformed || instance.id.empty();
  return instance;
}

}  // namespace

std::string EncodeDescribeInstances(const InstanceQuery& query) {
  Form form("DescribeInstances", kEc2Version);
  if (query.include_managed) form.Add("IncludeManagedResources", "true");
  form.Add("MaxResults", "1000").Add("Filter.1.Name", "instance-id");
  for (std::size_t i = 0; i < query.ids.size(); ++i) {
    form.Add(fmt::format("Filter.1.Value.{}", i + 1), query.ids[i]);
  }
  if (query.token) form.Add("NextToken", *query.token);
  return form.body();
}

Result<InstancePage> DecodeDescribeInstances(const std::string& body) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(body.data(), body.size());
  const auto response = document.child("DescribeInstancesResponse");
  const auto reservations = response.child("reservationSet");
  if (!parsed || !reservations) {
    return Fail(ErrorKind::kMalformed,
                "the answer is no DescribeInstancesResponse in XML; is something between here and "
                "AWS (a proxy) "
                "answering instead?");
  }
  InstancePage page;
  for (const auto& reservation : reservations.children("item")) {
    for (const auto& item : reservation.child("instancesSet").children("item")) {
      page.items.push_back(ReadInstance(item));
    }
  }
  if (const std::string_view token = response.child_value("nextToken"); !token.empty())
    page.next_token = token;
  return page;
}

}  // namespace ecsd::aws
