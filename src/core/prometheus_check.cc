#include "core/prometheus_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/ip_address.h"
#include "core/selection.h"
#include "core/target.h"
#include "support/strings.h"

namespace ecsd::core {
namespace {

using Part = PrometheusRefusal::Part;

constexpr std::size_t kLongestQuote = 200;

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsBeyondAscii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// RFC 1035 section 2.3.4: 63 bytes at most.
bool IsNameLabel(std::string_view label) {
  constexpr std::size_t kLongestLabel = 63;
  const bool ascii = std::ranges::none_of(label, IsBeyondAscii);
  return !label.empty() && (!ascii || label.size() <= kLongestLabel) && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return IsLetter(c) || IsDigit(c) || c == '-' || IsBeyondAscii(c);
         });
}

// A name that is not all digits and dots, for that would be an address.
bool IsHostName(std::string_view host) {
  constexpr std::size_t kLongestName = 253;
  if (host.ends_with('.')) host.remove_suffix(1);
  const bool ascii = std::ranges::none_of(host, IsBeyondAscii);
  if (ascii && host.size() > kLongestName) return false;
  if (std::ranges::all_of(host, [](char c) { return IsDigit(c) || c == '.'; })) return false;
  while (true) {
    const auto dot = host.find('.');
    if (!IsNameLabel(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

// An IPv6 address between brackets, perhaps with a zone.
bool IsBracketed(std::string_view host) {
  if (!host.starts_with('[') || !host.ends_with(']')) return false;
  host = host.substr(1, host.size() - 2);
  return FamilyOf(host.substr(0, host.find('%'))) == IpFamily::kV6;
}

// What is wrong with `address`; empty: nothing.
std::string_view FlawOf(std::string_view address) {
  if (address.find('/') != std::string_view::npos) {
    return "contains \"/\", so Prometheus drops the target: it takes HOST:PORT, without scheme and "
           "path";
  }
  const auto host = address.substr(0, address.rfind(':'));
  if (IsBracketed(host) || FamilyOf(host) == IpFamily::kV4 || IsHostName(host)) return {};
  if (host.find_first_of(" \t") != std::string_view::npos)
    return "contains a blank, so every scrape fails";
  const bool bracketed = host.starts_with('[');
  if (host.find(bracketed ? "]:" : ":") != std::string_view::npos) {
    return "has two ports, or an IPv6 address without brackets, so every scrape fails";
  }
  return "has neither an IP address nor a valid host name, so every scrape fails";
}

}  // namespace

std::optional<PrometheusRefusal> WhyPrometheusRefuses(std::string_view address,
                                                      std::string_view scheme) {
  if (const auto flaw = FlawOf(address); !flaw.empty()) {
    return PrometheusRefusal{
        .part = Part::kAddress,
        .why = fmt::format("address \"{}\" {}", support::OneLine(address, kLongestQuote), flaw)};
  }
  const auto lower = support::ToLower(scheme);
  if (lower.empty() || lower == "http" || lower == "https") return std::nullopt;
  return PrometheusRefusal{
      .part = Part::kScheme,
      .why = fmt::format("scheme \"{}\" is neither http nor https, so every scrape fails",
                         support::OneLine(scheme, kLongestQuote))};
}

std::optional<PrometheusRefusal> WhyPrometheusRefuses(const Target& target) {
  return WhyPrometheusRefuses(target.address, target.labels.Get(kSchemeLabel));
}

std::string ChangeFor(const PrometheusRefusal& refusal, const Selection& selection) {
  if (refusal.part == Part::kScheme)
    return fmt::format("set docker label {} to http or https", selection.scheme_label);
  return fmt::format(
      "set docker label {} to a host name alone, without scheme, port, path and "
      "blanks",
      selection.server_name_label);
}

}  // namespace ecsd::core
