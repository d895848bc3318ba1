#include "server/host_name.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "support/result.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::uint16_t kHttp = 80;
constexpr std::uint16_t kHttps = 443;

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  const auto port = support::ParseDecimal(text);
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::optional<std::string> NormalAddress(const std::string& text) {
  in6_addr address{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> normal{};
  inet_ntop(AF_INET6, &address, normal.data(), normal.size());
  return std::string(normal.data());
}

std::optional<std::string> NormalName(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  auto name = support::ToLower(text);
  if (name.empty() || name.size() > kLongestName || !std::ranges::all_of(name, fits)) {
    return std::nullopt;
  }
  return name;
}

// Of "[::1]:80" or "name:80": the length of the host.
std::size_t HostLength(std::string_view text) {
  const auto end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (end == std::string_view::npos) return text.size();
  return text.starts_with('[') ? end + 1 : end;
}

tl::unexpected<support::Error> Refuse(std::string_view entry) {
  return support::Fail(
      support::ErrorKind::kConfig,
      fmt::format("web.allowed-hosts \"{}\" is not a host; write each as ecs.example.org, "
                  "10.0.0.5:8080 or [::1], separated by commas (there are no wildcards)",
                  support::OneLine(entry, 100)));
}

// Where no port is written, that of either scheme is meant.
bool IsPort(std::optional<std::uint16_t> asked, std::optional<std::uint16_t> listed) {
  if (!listed || asked == listed) return true;
  return !asked && (*listed == kHttp || *listed == kHttps);
}

}  // namespace

std::optional<HostPort> ParseHostPort(std::string_view text) {
  const auto length = HostLength(text);
  const auto host = text.substr(0, length);
  auto rest = text.substr(length);
  auto name = host.starts_with('[') && host.ends_with(']')
                  ? NormalAddress(std::string(host.substr(1, host.size() - 2)))
                  : NormalName(host);
  if (!name) return std::nullopt;
  HostPort found{.host = *std::move(name), .port = std::nullopt};
  if (rest.empty() || rest == ":") return found;
  if (rest.front() != ':') return std::nullopt;
  found.port = ParsePort(rest.substr(1));
  return found.port ? std::optional(std::move(found)) : std::nullopt;
}

bool IsOriginOf(std::string_view origin, std::string_view host) {
  constexpr std::string_view kMark = "://";
  const auto mark = origin.find(kMark);
  if (mark == std::string_view::npos) return false;
  const auto scheme = support::ToLower(origin.substr(0, mark));
  if (scheme != "http" && scheme != "https") return false;
  const auto usual = scheme == "http" ? kHttp : kHttps;
  const auto from = ParseHostPort(origin.substr(mark + kMark.size()));
  const auto to = ParseHostPort(host);
  return from && to && from->host == to->host &&
         from->port.value_or(usual) == to->port.value_or(usual);
}

support::Result<AllowedHosts> AllowedHosts::Parse(std::string_view text) {
  AllowedHosts allowed;
  if (text.empty()) return allowed;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(',', from), text.size());
    const auto entry = support::Trim(text.substr(from, end - from));
    auto host = ParseHostPort(entry);
    if (!host) return Refuse(entry);
    allowed.hosts_.push_back(*std::move(host));
    from = end + 1;
  }
  return allowed;
}

bool AllowedHosts::Admits(std::string_view host) const {
  if (hosts_.empty()) return true;
  const auto asked = ParseHostPort(host);
  return asked && std::ranges::any_of(hosts_, [&asked](const HostPort& listed) {
           return listed.host == asked->host && IsPort(asked->port, listed.port);
         });
}

}  // namespace ecsd::server
