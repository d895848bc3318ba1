#include "aws/endpoint.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "aws/partition.h"
#include "core/ip_address.h"
#include "core/port.h"
#include "support/result.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

struct Partition {
  std::string_view id;  // in ARNs
  std::string_view region_prefix;
  std::string_view dns_suffix;
  std::string_view dual_stack_suffix;
};

constexpr std::string_view kGovPrefix = "us-gov-";

constexpr Partition kCommercial{.id = "aws",
                                .region_prefix = "",
                                .dns_suffix = "amazonaws.com",
                                .dual_stack_suffix = "api.aws"};

// The partitions of botocore's partitions.json; everything else is partition aws.
constexpr std::array kPartitions = {
    Partition{.id = "aws-cn",
              .region_prefix = "cn-",
              .dns_suffix = "amazonaws.com.cn",
              .dual_stack_suffix = "api.amazonwebservices.com.cn"},
    Partition{.id = "aws-us-gov",
              .region_prefix = kGovPrefix,
              .dns_suffix = "amazonaws.com",
              .dual_stack_suffix = "api.aws"},
    Partition{.id = "aws-iso",
              .region_prefix = "us-iso-",
              .dns_suffix = "c2s.ic.gov",
              .dual_stack_suffix = "api.aws.ic.gov"},
    Partition{.id = "aws-iso-b",
              .region_prefix = "us-isob-",
              .dns_suffix = "sc2s.sgov.gov",
              .dual_stack_suffix = "api.aws.scloud"},
    Partition{.id = "aws-iso-e",
              .region_prefix = "eu-isoe-",
              .dns_suffix = "cloud.adc-e.uk",
              .dual_stack_suffix = "api.cloud-aws.adc-e.uk"},
    Partition{.id = "aws-iso-f",
              .region_prefix = "us-isof-",
              .dns_suffix = "csp.hci.ic.gov",
              .dual_stack_suffix = "api.aws.hci.ic.gov"},
    Partition{.id = "aws-eusc",
              .region_prefix = "eusc-",
              .dns_suffix = "amazonaws.eu",
              .dual_stack_suffix = "api.amazonwebservices.eu"},
};

bool IsLowerOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool IsUnreserved(char c) {
  return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' ||
         c == '~';
}

// host or host:port, where an IPv6 address stands in brackets.
bool IsAuthority(std::string_view text) {
  const auto bracket = text.find(']');
  const bool bracketed = text.starts_with('[') && bracket != std::string_view::npos;
  const auto end = bracketed ? bracket + 1 : std::min(text.find(':'), text.size());
  const auto host = text.substr(0, end);
  const auto port = text.substr(end);
  const bool good_host =
      bracketed ? core::FamilyOf(host.substr(1, host.size() - 2)) == core::IpFamily::kV6
                : !host.empty() && std::ranges::all_of(host, IsUnreserved);
  if (!good_host || port.empty()) return good_host;
  const auto number = support::ParseDecimal(port.substr(1));
  return port.front() == ':' && number && core::SinglePort(*number);
}

bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// The region that `text` begins with, "us-gov-west-1" of "us-gov-west-1b": words of letters with
// hyphens between, and a number. Empty: none.
std::string_view RegionIn(std::string_view text) {
  std::size_t at = 0;
  for (int words = 0;; ++words) {
    const auto begin = at;
    while (at < text.size() && IsLower(text[at])) ++at;
    const bool word = at - begin >= 2 && at < text.size() && text[at] == '-';
    if (!word && (words < 2 || at != begin)) return {};
    if (!word) break;
    ++at;
  }
  const auto digits = at;
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at == digits ? std::string_view() : text.substr(0, at);
}

// "use1-az1" (AWS RAM User Guide, "Availability Zone IDs").
bool IsZoneId(std::string_view text) {
  const auto dash = text.find("-az");
  if (dash == std::string_view::npos || dash < 3) return false;
  const auto area = text.substr(0, dash);
  const auto number = text.substr(dash + 3);
  return IsDigit(area.back()) && std::ranges::all_of(area.substr(0, area.size() - 1), IsLower) &&
         !number.empty() && std::ranges::all_of(number, IsDigit);
}

// Refuses a zone of a region ("us-east-1a", "us-west-2-lax-1a"), which has no endpoints.
Result<void> CheckNoZone(std::string_view text) {
  if (IsZoneId(text)) {
    return Fail(ErrorKind::kConfig, fmt::format("\"{}\" looks like the ID of an availability zone; "
                                                "use its region, such as us-east-1",
                                                text));
  }
  const auto region = RegionIn(text);
  const auto rest = text.substr(region.size());
  const bool zone = rest.size() == 1 ? IsLower(rest.front()) : rest.starts_with('-');
  if (region.empty() || !zone) return {};
  return Fail(ErrorKind::kConfig,
              fmt::format("\"{}\" looks like an availability zone; use {}", text, region));
}

const Partition& FindPartition(std::string_view region) {
  const auto* found = std::ranges::find_if(kPartitions, [&](const Partition& partition) {
    return region.starts_with(partition.region_prefix);
  });
  return found == kPartitions.end() ? kCommercial : *found;
}

}  // namespace

std::string_view PartitionOf(std::string_view region) {
  return FindPartition(region).id;
}

std::string RegionalEndpoint(const Service& service, std::string_view region,
                             EndpointVariant variant) {
  const auto& partition = FindPartition(region);
  const bool plain_is_fips =
      service.plain_is_fips_in_gov && region.starts_with(kGovPrefix) && !variant.dual_stack;
  return fmt::format("https://{}{}.{}.{}/", service.host_prefix,
                     variant.fips && !plain_is_fips ? "-fips" : "", region,
                     variant.dual_stack ? partition.dual_stack_suffix : partition.dns_suffix);
}

Result<void> CheckRegion(std::string_view region) {
  constexpr std::size_t kLongestLabel = 63;  // RFC 1035 section 2.3.4
  const bool label =
      !region.empty() && region.size() <= kLongestLabel &&
      std::ranges::all_of(region, [](char c) { return IsLowerOrDigit(c) || c == '-'; }) &&
      region.front() != '-' && region.back() != '-';
  if (label) return CheckNoZone(region);
  return Fail(ErrorKind::kConfig,
              fmt::format("\"{}\" is no AWS region; it should look like eu-west-1",
                          support::OneLine(region, kLongestLabel)));
}

Result<std::string> CheckEndpointUrl(std::string_view url, std::string_view where) {
  const auto fail = [&](std::string_view why) {
    constexpr std::size_t kLongestQuote = 200;
    return Fail(ErrorKind::kConfig,
                fmt::format("{}: \"{}\" {}", where,
                            support::OneLine(support::HideUserInfo(url), kLongestQuote), why));
  };
  const std::string_view scheme = url.starts_with("https://") ? "https://" : "http://";
  if (!url.starts_with(scheme))
    return fail("is no endpoint URL; it must start with http:// or https://");
  const auto rest = url.substr(scheme.size());
  const auto slash = rest.find('/');
  const auto host = rest.substr(0, slash);
  const auto path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  if (!IsAuthority(host)) return fail("has no valid host and port");
  const auto in_path = [](char c) { return IsUnreserved(c) || c == '/'; };
  if (!std::ranges::all_of(path, in_path)) {
    return fail(
        "has a path or query that cannot be signed; use letters, digits, '-', '_', '.', '~' and "
        "'/'");
  }
  if (path.find("//") != std::string_view::npos) {
    return fail("has two slashes in a row in its path, which breaks the signature");
  }
  std::string checked(url);
  if (!checked.ends_with('/')) checked += '/';
  return checked;
}

}  // namespace ecsd::aws
