#include "aws/instance_metadata.h"

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
#include "aws/endpoint.h"
#include "aws/settings.h"
#include "aws/source_tools.h"
#include "http/transport.h"
#include "support/hide_secrets.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::Error;
using support::ErrorKind;
using support::Fail;
using support::Result;
using support::Secret;

constexpr std::string_view kName = "EC2 instance metadata";
constexpr std::string_view kRoles = "latest/meta-data/iam/security-credentials/";
// How long keys go on being used that have expired while nothing newer can be had.
constexpr std::chrono::minutes kExtension{10};

Result<std::string> FindEndpoint(const SettingPlaces& places) {
  const auto endpoint = FromEnvironmentOrProfile(places, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                                 "ec2_metadata_service_endpoint");
  if (endpoint) return CheckEndpointUrl(endpoint->value, endpoint->where);
  const auto mode = FromEnvironmentOrProfile(places, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                             "ec2_metadata_service_endpoint_mode");
  const auto named = mode ? support::ToLower(mode->value) : std::string("ipv4");
  if (named == "ipv4") return std::string("http://169.254.169.254/");
  if (named == "ipv6") return std::string("http://[fd00:ec2::254]/");
  return Fail(ErrorKind::kConfig, fmt::format("{}: must be IPv4 or IPv6", mode->where));
}

// A whole number from 1 to `most`; `otherwise` where nobody sets it.
Result<int> FindNumber(const std::optional<FoundSetting>& found, int most, int otherwise) {
  if (!found) return otherwise;
  const auto number = support::ParseDecimal(found->value);
  if (number && *number >= 1 && *number <= most) return static_cast<int>(*number);
  return Fail(ErrorKind::kConfig,
              fmt::format("{}: must be a whole number from 1 to {}", found->where, most));
}

// Why the metadata service gave no token, for somebody who did not expect to need it.
Error NotThere(Error error) {
  if (error.kind == ErrorKind::kCancelled) return error;
  error.message +=
      "; is this an EC2 instance? In a container its hop limit must be 2 or more; "
      "AWS_EC2_METADATA_DISABLED=true leaves it out";
  return error;
}

// For a source of credentials all of that is one kind.
Error NoCredentials(Error error) {
  if (error.kind != ErrorKind::kCancelled) error.kind = ErrorKind::kCredentials;
  return error;
}

bool IsRoleName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<MetadataSettings> FindMetadata(const SettingPlaces& places) {
  MetadataSettings settings;
  settings.disabled =
      support::ToLower(places.environment.Get("AWS_EC2_METADATA_DISABLED")) == "true";
  auto endpoint = FindEndpoint(places);
  if (!endpoint) return tl::unexpected(std::move(endpoint).error());
  settings.endpoint = *std::move(endpoint);
  const auto timeout = FindNumber(
      FromEnvironmentOrProfile(places, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"),
      60, 1);
  if (!timeout) return tl::unexpected(timeout.error());
  settings.timeout = std::chrono::seconds(*timeout);
  const auto attempts =
      FindNumber(FromEnvironmentOrProfile(places, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                                          "metadata_service_num_attempts"),
                 10, 2);
  if (!attempts) return tl::unexpected(attempts.error());
  settings.attempts = *attempts;
  return settings;
}

InstanceMetadata::InstanceMetadata(const SourceTools& tools, MetadataSettings settings)
    : tools_(tools), settings_(std::move(settings)) {}

Result<Secret> InstanceMetadata::Token(const Deadline& deadline) const {
  if (settings_.disabled) {
    return Fail(ErrorKind::kCredentials,
                fmt::format("{}: left out by AWS_EC2_METADATA_DISABLED", kName));
  }
  // As long as the service allows, though it is used once: that is what all of its clients ask for.
  http::Request request{.url = settings_.endpoint + "latest/api/token",
                        .headers = {"X-aws-ec2-metadata-token-ttl-seconds: 21600"},
                        .body = {},
                        .signature = std::nullopt,
                        .method = http::Method::kPut,
                        .direct = true,
                        .shown = fmt::format("{} at {}", kName, settings_.endpoint)};
  const auto shown = request.shown;
  const Patience patience{.timeouts = {.connect = settings_.timeout, .total = settings_.timeout},
                          .attempts = settings_.attempts};
  const auto response = Ask(tools_, std::move(request), patience, deadline);
  if (!response) return tl::unexpected(NotThere(response.error()));
  const auto token = support::Trim(response->body);
  if (response->status != 200 || token.empty() ||
      token.find_first_of("\r\n") != std::string_view::npos) {
    return tl::unexpected(
        NotThere({.kind = ErrorKind::kCredentials,
                  .message = fmt::format("{}: no token of version 2 (HTTP status {})", shown,
                                         response->status)}));
  }
  return Secret(std::string(token));
}

Result<std::string> InstanceMetadata::Get(const std::string& path, const Secret& token,
                                          const Deadline& deadline) const {
  http::Request request{.url = settings_.endpoint + path,
                        .headers = {"X-aws-ec2-metadata-token: " + token.Reveal()},
                        .body = {},
                        .signature = std::nullopt,
                        .method = http::Method::kGet,
                        .direct = true,
                        .shown = {},
                        .secrets = {token}};
  const auto url = request.url;
  const Patience patience{.timeouts = {.connect = settings_.timeout, .total = settings_.timeout},
                          .attempts = settings_.attempts};
  auto response = Ask(tools_, std::move(request), patience, deadline);
  if (!response) return tl::unexpected(support::Annotate(kName, std::move(response).error()));
  if (response->status == 200) return std::move(response->body);
  return Fail(response->status == 404 ? ErrorKind::kNotFound : ErrorKind::kCredentials,
              fmt::format("{}: {}: HTTP status {}", kName, url, response->status));
}

Result<std::string> InstanceMetadata::Region(const Deadline& deadline) {
  const auto token = Token(deadline);
  if (!token) return tl::unexpected(token.error());
  const auto text = Get("latest/meta-data/placement/region", *token, deadline);
  if (!text) return tl::unexpected(text.error());
  std::string region(support::Trim(*text));
  if (auto checked = CheckRegion(region); !checked) {
    return tl::unexpected(support::Annotate(kName, std::move(checked).error()));
  }
  return region;
}

Result<Credentials> InstanceMetadata::FetchOnce(const Deadline& deadline) const {
  const auto token = Token(deadline);
  if (!token) return tl::unexpected(NoCredentials(token.error()));
  const auto roles = Get(std::string(kRoles), *token, deadline);
  if (!roles && roles.error().kind == ErrorKind::kNotFound) {
    return Fail(ErrorKind::kCredentials,
                fmt::format("{}: the instance has no role; give it an instance profile", kName));
  }
  if (!roles) return tl::unexpected(roles.error());
  const auto lines = support::SplitLines(*roles);
  const auto role = lines.empty() ? std::string_view() : support::Trim(lines.front());
  if (!IsRoleName(role)) {
    return Fail(ErrorKind::kMalformed, fmt::format("{}: the answer names no role", kName));
  }
  const auto text = Get(fmt::format("{}{}", kRoles, role), *token, deadline);
  if (!text) return tl::unexpected(text.error());
  auto credentials = DecodeInstanceCredentials(*text);
  if (!credentials) {
    auto error = std::move(credentials).error();
    error.message = support::HideSecrets(error.message, std::array{*token});
    return tl::unexpected(
        support::Annotate(fmt::format("{}: role {}", kName, role), std::move(error)));
  }
  credentials->source = fmt::format("{}, role {}", kName, role);
  return credentials;
}

Result<Credentials> InstanceMetadata::Fetch(const Deadline& deadline) {
  auto fetched = FetchOnce(deadline);
  const support::MutexLock lock(mutex_);
  const auto now = tools_.clock.Now();
  const bool fresh = fetched && fetched->expires > now;
  if (fresh) last_ = *fetched;
  if (fresh || (!fetched && fetched.error().kind == ErrorKind::kCancelled)) return fetched;
  if (fetched) last_ = *fetched;  // expired, and nothing better is to be had
  // Before they expire the caller keeps them by itself.
  if (!last_ || last_->expires > now) return fetched;
  auto extended = *last_;
  extended.expires = now + kExtension;
  tools_.log.Warn(
      "the EC2 instance metadata has no new credentials; the expired ones are used on",
      {{.key = "error", .value = fetched ? "they have expired" : fetched.error().message}});
  return extended;
}

}  // namespace ecsd::aws
