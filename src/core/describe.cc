#include "core/describe.h"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/port.h"
#include "core/records.h"

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

}  // namespace

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

}  // namespace ecsd::core
