#include "app/prepare.h"

#include <fmt/core.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "app/aws_account.h"
#include "app/named_cluster.h"
#include "app/path_clashes.h"
#include "app/version.h"
#include "aws/client.h"
#include "aws/credential_plan.h"
#include "aws/environment.h"
#include "aws/instance_metadata.h"
#include "aws/profile_choice.h"
#include "aws/settings.h"
#include "aws/sts_codec.h"
#include "config/options.h"
#include "http/curl_transport.h"
#include "output/destination.h"
#include "output/file_sink.h"
#include "server/web_config.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::app {
namespace {

using support::Result;

std::chrono::milliseconds Milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

std::optional<aws::RoleRequest> RoleOf(const config::Options& options) {
  if (options.role_arn.empty()) return std::nullopt;
  return aws::RoleRequest{.arn = options.role_arn,
                          .session_name = options.role_session_name.empty()
                                              ? std::string(aws::kDefaultSessionName)
                                              : options.role_session_name,
                          .external_id = options.external_id,
                          .duration = std::nullopt};
}

// The first of `variables` that is set, for people; they are in the order in which libcurl asks
// them.
std::string ProxyName(const aws::Environment& environment,
                      std::initializer_list<std::string_view> variables) {
  constexpr std::size_t kLongestProxy = 100;
  for (const auto variable : variables) {
    const auto value = environment.Get(variable);
    if (value.empty()) continue;
    const auto login = value.rfind('@');  // with or without a scheme before it
    const auto shown = login == std::string_view::npos ? value : value.substr(login + 1);
    return fmt::format("{}, {},", variable, support::OneLine(shown, kLongestProxy));
  }
  return "the environment";
}

// The password of a proxy's URL, or its whole login where that has no user name before it; empty
// without a login.
support::Secret ProxySecret(std::string_view url) {
  const auto end = url.rfind('@');
  if (end == std::string_view::npos) return {};
  auto login = url.substr(0, end);
  constexpr std::string_view kMark = "://";
  if (const auto mark = login.find(kMark); mark != std::string_view::npos)
    login.remove_prefix(mark + kMark.size());
  const auto colon = login.find(':');
  if (colon != std::string_view::npos) login.remove_prefix(colon + 1);
  return support::Secret(std::string(login));
}

std::vector<support::Secret> ProxySecrets(const aws::Environment& environment) {
  std::vector<support::Secret> secrets;
  for (const auto* variable :
       {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    auto secret = ProxySecret(environment.Get(variable));
    if (!secret.empty()) secrets.push_back(std::move(secret));
  }
  return secrets;
}

Result<http::CurlTransport::Parameters> TransportOf(const aws::SettingPlaces& places) {
  const auto bundle = aws::ConfiguredCaBundle(places);
  if (!bundle) return tl::unexpected(bundle.error());
  http::CurlTransport::Parameters parameters{.user_agent =
                                                 fmt::format("{}/{}", kProgramName, kVersion)};
  if (*bundle) parameters.ca_bundle = (*bundle)->value;
  // libcurl reads the name in small letters only, for the sake of CGI programs.
  if (places.environment.Get("http_proxy").empty())
    parameters.http_proxy = places.environment.Get("HTTP_PROXY");
  parameters.http_proxy_name =
      ProxyName(places.environment, {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"});
  parameters.https_proxy_name =
      ProxyName(places.environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  parameters.proxy_secrets = ProxySecrets(places.environment);
  return parameters;
}

// A service that did not respond may do so at the next start.
support::Error NoRegion(const aws::ProfileChoice& choice, const support::Error& metadata) {
  using support::ErrorKind;
  const bool passing = metadata.kind == ErrorKind::kTransport ||
                       metadata.kind == ErrorKind::kTimeout || metadata.kind == ErrorKind::kServer;
  if (!passing) return aws::NoRegion(choice, metadata.message);
  auto error = aws::NoRegion(choice, {});
  error.kind = ErrorKind::kResource;
  error.message +=
      ", or start again; the EC2 instance metadata did not respond: " + metadata.message;
  return error;
}

// The region of the EC2 instance, where nothing else says one.
Result<aws::FoundSetting> RegionOfInstance(const aws::SettingPlaces& places,
                                           const AwsAccount::Parameters& parameters,
                                           const World& world) {
  constexpr std::chrono::seconds kPatience{10};
  http::CurlTransport transport(parameters.transport);
  aws::InstanceMetadata metadata({.transport = transport, .clock = world.clock, .log = world.log},
                                 parameters.metadata);
  auto region = metadata.Region({.stop = world.stop, .at = world.clock.Steady() + kPatience});
  if (!region) return tl::unexpected(NoRegion(places.choice, region.error()));
  return aws::FoundSetting{.value = *std::move(region), .where = "EC2 instance metadata"};
}

Result<aws::Settings> Settle(const aws::SettingPlaces& places,
                             const AwsAccount::Parameters& parameters, const World& world) {
  auto region = aws::ConfiguredRegion(places);
  if (!region) return tl::unexpected(std::move(region).error());
  if (*region) return aws::ResolveSettings(places, **region);
  const auto found = RegionOfInstance(places, parameters, world);
  if (!found) return tl::unexpected(found.error());
  return aws::ResolveSettings(places, *found);
}

// Fills in what the environment and the shared files say.
Result<AwsAccount::Parameters> FillIn(const aws::SettingPlaces& places, const World& world,
                                      const config::Options& options,
                                      AwsAccount::Parameters parameters) {
  const auto plan = aws::PlanCredentials(places.environment, places.choice, places.files);
  if (!plan) return tl::unexpected(plan.error());
  auto transport = TransportOf(places);
  if (!transport) return tl::unexpected(std::move(transport).error());
  parameters.transport = *std::move(transport);
  auto metadata = aws::FindMetadata(places);
  if (!metadata) return tl::unexpected(std::move(metadata).error());
  parameters.metadata = *std::move(metadata);
  auto settings = Settle(places, parameters, world);
  if (!settings) return tl::unexpected(std::move(settings).error());
  parameters.settings = *std::move(settings);
  const auto checked =
      CheckNamedCluster(options.cluster, parameters.settings, AccountBeforeCalls(options, *plan));
  if (!checked) return tl::unexpected(checked.error());
  return parameters;
}

// The files that the web configuration names. What is wrong with it is found when it is used.
void AddWebPaths(const std::string& path, std::vector<NamedPath>& paths) {
  std::error_code error;
  if (path.empty() || !std::filesystem::is_regular_file(path, error)) return;
  const auto config = server::ReadWebConfig(path);
  if (!config || !config->tls) return;
  paths.push_back({.setting = "cert_file of --web.config.file", .path = config->tls->cert_file});
  paths.push_back({.setting = "key_file of --web.config.file", .path = config->tls->key_file});
  paths.push_back(
      {.setting = "client_ca_file of --web.config.file", .path = config->tls->client_ca_file});
}

// What the program and SQLite make beside the state file, which is behind all links.
void AddCompanions(const std::string& state_path, std::vector<NamedPath>& paths) {
  const auto file = output::FindDestination(state_path);
  if (!file) return;
  for (const std::string suffix : {".lock", "-journal"}) {
    paths.push_back({.setting = fmt::format("the {} file of --state.path", suffix),
                     .path = file->path + suffix,
                     .written = true});
  }
}

// That no file which the program writes is another one that it uses.
Result<void> CheckPaths(const config::Options& options, const aws::Environment& environment,
                        const aws::ProfileChoice& profile) {
  if (options.command == config::Command::kExplain || options.dry_run) return {};
  std::vector<NamedPath> paths = {
      {.setting = "-config.write-to", .path = options.write_to, .written = true}};
  if (!options.state_path.empty()) {
    paths.push_back({.setting = "--state.path", .path = options.state_path, .written = true});
    AddCompanions(options.state_path, paths);
  }
  paths.push_back({.setting = "--web.config.file", .path = options.web_config_file});
  AddWebPaths(options.web_config_file, paths);
  paths.push_back({.setting = "AWS configuration file", .path = profile.config_path});
  paths.push_back({.setting = "AWS credentials file", .path = profile.credentials_path});
  for (const auto* variable : {"AWS_CA_BUNDLE", "AWS_WEB_IDENTITY_TOKEN_FILE"}) {
    paths.push_back({.setting = variable, .path = std::string(environment.Get(variable))});
  }
  return CheckPathClashes(paths);
}

}  // namespace

Result<AwsAccount::Parameters> Prepare(const config::Options& options,
                                       const aws::Environment& environment, const World& world) {
  const bool writes = options.command == config::Command::kDiscover && !options.dry_run &&
                      !options.write_to.empty();
  if (auto checked = output::CheckOutputPath(options.write_to); writes && !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  const auto profile = aws::ChooseProfile(environment, options.aws_profile);
  if (auto checked = CheckPaths(options, environment, profile); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  const auto files = aws::ReadSharedFiles(profile);
  if (!files) return tl::unexpected(files.error());
  for (const auto& path : aws::FilesReadableByOthers(profile)) {
    world.log.Warn("others can read this file with AWS secrets; chmod 600 it", {{"file", path}});
  }
  const aws::SettingFlags flags{.region = options.aws_region,
                                .endpoint_url = options.aws_endpoint_url};
  return FillIn({.flags = flags, .environment = environment, .choice = profile, .files = *files},
                world, options,
                {.environment = environment,
                 .profile = profile,
                 .settings = {},
                 .role = RoleOf(options),
                 .timeouts = {.connect = Milliseconds(options.connect_timeout),
                              .total = Milliseconds(options.call_timeout),
                              .stall = aws::StallTimeout(Milliseconds(options.call_timeout))},
                 .metadata = {},
                 .transport = {}});
}

}  // namespace ecsd::app
