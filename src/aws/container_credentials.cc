#include "aws/container_credentials.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/credential_documents.h"
#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/small_file.h"
#include "aws/source_tools.h"
#include "core/ip_address.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;
using support::Secret;

constexpr std::string_view kRelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr std::string_view kFullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr std::string_view kTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

// An agent on the own machine answers at once, or is not there.
constexpr Patience kPatience{
    .timeouts = {.connect = std::chrono::seconds(1), .total = std::chrono::seconds(2)},
    .attempts = 3};

// Hosts that plain HTTP may be spoken to besides loopback addresses: the agents of ECS and EKS.
constexpr std::array kAgents = {std::string_view("169.254.170.2"),
                                std::string_view("169.254.170.23"),
                                std::string_view("fd00:ec2::23"), std::string_view("localhost")};

bool IsLoopback(std::string_view host) {
  const auto family = core::FamilyOf(host);
  if (family == core::IpFamily::kV4) return host.starts_with("127.");
  return family == core::IpFamily::kV6 && (host == "::1" || host == "0:0:0:0:0:0:0:1");
}

// The host of "host:port/path", without the brackets of an IPv6 address; empty when it has none, or
// a user name.
std::string_view HostOf(std::string_view rest) {
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return {};
  if (!authority.starts_with('[')) return authority.substr(0, authority.find(':'));
  const auto close = authority.find(']');
  return close == std::string_view::npos ? std::string_view() : authority.substr(1, close - 1);
}

// "/path" of "http://host:port/path", which is the secret of some endpoints.
std::string PathOf(const std::string& url) {
  const auto host = url.find("://");
  const auto path = host == std::string::npos ? host : url.find('/', host + 3);
  return path == std::string::npos ? std::string() : url.substr(path);
}

bool HasOddByte(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\'; });
}

Result<void> CheckFullUri(std::string_view uri) {
  const auto fail = [](std::string_view why) {
    return Fail(ErrorKind::kConfig, fmt::format("{}: {}", kFullUri, why));
  };
  const bool secure = uri.starts_with("https://");
  constexpr std::string_view kPlain = "http://";
  if (!secure && !uri.starts_with(kPlain)) return fail("is no URL; it must start with http://");
  const auto host = HostOf(uri.substr(uri.find("://") + 3));
  if (host.empty() || HasOddByte(uri)) return fail("has no valid host and path");
  if (secure || IsLoopback(host) ||
      std::ranges::find(kAgents, support::ToLower(host)) != kAgents.end())
    return {};
  constexpr std::size_t kLongestQuote = 100;
  return fail(
      fmt::format("\"{}\" is not on this machine, so its token would be given away; use "
                  "https, or a loopback address",
                  support::OneLine(host, kLongestQuote)));
}

Result<ContainerEndpoint> CheckRelativeUri(std::string_view path) {
  if (!path.starts_with('/') || HasOddByte(path)) {
    return Fail(ErrorKind::kConfig,
                fmt::format("{}: is no path; it must start with a slash", kRelativeUri));
  }
  return ContainerEndpoint{.url = fmt::format("http://169.254.170.2{}", path),
                           .where = std::string(kRelativeUri),
                           .token_file = {},
                           .token = {}};
}

// The value of the Authorization header; empty: none.
Result<Secret> ReadToken(const ContainerEndpoint& endpoint) {
  std::string token = endpoint.token.Reveal();
  std::string_view where = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
  if (!endpoint.token_file.empty()) {
    auto text = ReadSmallFile(endpoint.token_file);
    if (!text) return tl::unexpected(support::Annotate(kTokenFile, std::move(text).error()));
    if (!*text) {
      return Fail(ErrorKind::kCredentials,
                  fmt::format("{}: {} does not exist; is the token mounted?", kTokenFile,
                              endpoint.token_file));
    }
    token = **std::move(text);
    where = kTokenFile;
    if (token.ends_with('\n')) token.pop_back();  // of an editor or of echo
    if (token.ends_with('\r')) token.pop_back();
  }
  // It would end the header and start another.
  if (token.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return Fail(ErrorKind::kCredentials, fmt::format("{}: has a line break in the token", where));
  }
  return Secret(std::move(token));
}

}  // namespace

Result<std::optional<ContainerEndpoint>> FindContainerEndpoint(const Environment& environment) {
  const auto relative = environment.Get(kRelativeUri);
  const auto full = environment.Get(kFullUri);
  if (relative.empty() && full.empty()) return std::nullopt;
  ContainerEndpoint endpoint{
      .url = std::string(full), .where = std::string(kFullUri), .token_file = {}, .token = {}};
  if (!relative.empty()) {
    auto checked = CheckRelativeUri(relative);
    if (!checked) return tl::unexpected(std::move(checked).error());
    endpoint = *std::move(checked);
  } else if (auto checked = CheckFullUri(full); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  endpoint.token_file = environment.Get(kTokenFile);
  endpoint.token = Secret(std::string(environment.Get("AWS_CONTAINER_AUTHORIZATION_TOKEN")));
  return endpoint;
}

ContainerSource::ContainerSource(const SourceTools& tools, ContainerEndpoint endpoint)
    : tools_(tools), endpoint_(std::move(endpoint)) {}

Result<Credentials> ContainerSource::Fetch(const Deadline& deadline) {
  auto token = ReadToken(endpoint_);
  if (!token) return tl::unexpected(std::move(token).error());
  const auto shown = fmt::format("the container's endpoint of {}", endpoint_.where);
  http::Request request{.url = endpoint_.url,
                        .headers = {"Accept: application/json"},
                        .body = {},
                        .signature = std::nullopt,
                        .method = http::Method::kGet,
                        .direct = true,
                        .shown = shown,
                        .secrets = {*token, Secret(PathOf(endpoint_.url))}};
  if (!token->empty()) request.headers.push_back("Authorization: " + token->Reveal());
  const auto response = Ask(tools_, std::move(request), kPatience, deadline);
  if (!response) return tl::unexpected(response.error());
  if (response->status != 200) {
    constexpr std::size_t kLongestText = 200;
    const auto why = DecodeDocumentError(response->body);
    return Fail(ErrorKind::kCredentials,
                fmt::format("{}: HTTP status {}{}{}", shown, response->status,
                            why.empty() ? "" : ": ", support::OneLine(why, kLongestText)));
  }
  auto credentials = DecodeContainerCredentials(response->body);
  if (!credentials) return tl::unexpected(support::Annotate(shown, std::move(credentials).error()));
  credentials->source = shown;
  return credentials;
}

}  // namespace ecsd::aws
