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

using core::IpAddresses;
using core::IpFamily;
using pugi::xml_node;
using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr std::string_view kEc2Version = "2016-11-15";

void KeepFirst(IpFamily family, const char* text, std::string& kept) {
  if (kept.empty() && core::FamilyOf(text) == family) kept = text;
}

void KeepFirstOf(IpFamily family, const xml_node& list, const char* child, std::string& kept) {
  for (const auto& item : list.children("item")) KeepFirst(family, item.child_value(child), kept);
}

// The main interface: device index 0 on network card 0 (absent means 0). Traffic of others need not
// reach the host.
bool IsPrimary(const xml_node& interface) {
  const auto attachment = interface.child("attachment");
  const std::string_view device = attachment.child_value("deviceIndex");
  const std::string_view card = attachment.child_value("networkCardIndex");
  return device == "0" && (card.empty() || card == "0");
}

void AddInterface(const xml_node& interface, IpAddresses& addresses) {
  KeepFirst(IpFamily::kV4, interface.child_value("privateIpAddress"), addresses.ipv4);
  KeepFirst(IpFamily::kV6, interface.child_value("ipv6Address"), addresses.ipv6);
  KeepFirstOf(IpFamily::kV6, interface.child("ipv6AddressesSet"), "ipv6Address", addresses.ipv6);
}

core::Instance ReadInstance(const xml_node& item) {
  core::Instance instance{.id = item.child_value("instanceId"), .addresses = {}};
  KeepFirst(IpFamily::kV4, item.child_value("privateIpAddress"), instance.addresses.ipv4);
  KeepFirst(IpFamily::kV6, item.child_value("ipv6Address"), instance.addresses.ipv6);
  for (const auto& interface : item.child("networkInterfaceSet").children("item")) {
    if (IsPrimary(interface)) AddInterface(interface, instance.addresses);
  }
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
      auto instance = ReadInstance(item);
      if (!instance.id.empty()) page.items.push_back(std::move(instance));
    }
  }
  if (const std::string_view token = response.child_value("nextToken"); !token.empty())
    page.next_token = token;
  return page;
}

}  // namespace ecsd::aws
