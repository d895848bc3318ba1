#include "aws/settings.h"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/profile_file.h"
#include "support/result.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

std::string PathFrom(const Environment& environment, std::string_view variable,
                     std::string_view name_in_home) {
  const auto home = std::string(environment.Get("HOME"));
  auto path = std::string(environment.Get(variable));
  if (path.empty())
    return home.empty() ? std::string() : fmt::format("{}/.aws/{}", home, name_in_home);
  if (path.starts_with("~/")) path.replace(0, 1, home);
  return path;
}

// Far more than anybody writes by hand; a device such as /dev/zero has no end.
constexpr std::size_t kLargestFile = std::size_t{1024} * 1024;

// The text of a file; empty when there is none.
Result<std::string> ReadOptionalFile(const std::string& path) {
  if (path.empty()) return std::string();
  std::error_code unreachable;
  // A directory that may not be searched (the HOME of another user) holds no file for us.
  const auto status = std::filesystem::status(path, unreachable);
  if (unreachable == std::errc::permission_denied) return std::string();
  if (std::filesystem::is_directory(status) || std::filesystem::is_fifo(status)) {
    return Fail(ErrorKind::kConfig, fmt::format("{}: is not a regular file", path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::string();
    return Fail(ErrorKind::kConfig, fmt::format("{}: cannot be read: {}; check its permissions",
                                                path, std::generic_category().message(errno)));
  }
  // read() turns what the stream buffer throws (of a directory, say) into the state of the stream.
  std::string text;
  std::array<char, 4096> piece{};
  do {
    file.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  } while (file && text.size() <= kLargestFile);
  if (text.size() > kLargestFile) {
    return Fail(ErrorKind::kConfig,
                fmt::format("{}: has more than {} bytes; it is no file of AWS profiles", path,
                            kLargestFile));
  }
  if (file.bad()) {
    return Fail(ErrorKind::kConfig, fmt::format("{}: cannot be read; is it a file?", path));
  }
  return text;
}

Result<void> AddFile(SharedFileKind kind, const std::string& path, SharedFiles& files) {
  return ReadOptionalFile(path).and_then(
      [&](const std::string& text) { return AddSharedFile(kind, path, text, files); });
}

const Section& ProfileSection(const ProfileChoice& choice, const SharedFiles& files) {
  static const Section none;
  const auto found = files.profiles.find(choice.name);
  return found == files.profiles.end() ? none : found->second;
}

Result<std::string> ResolveRegion(const Environment& environment, const ProfileChoice& choice,
                                  const Section& profile) {
  for (const auto* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    const auto region = environment.Get(variable);
    if (region.empty()) continue;
    if (auto checked = CheckRegion(region); !checked) {
      return tl::unexpected(support::Annotate(variable, std::move(checked).error()));
    }
    return std::string(region);
  }
  const auto region = ValueOf(profile, "region");
  if (region.empty()) {
    return Fail(
        ErrorKind::kConfig,
        fmt::format("no AWS region: set AWS_REGION, or `region` in profile \"{}\" of {}",
                    choice.name,
                    choice.config_path.empty() ? "the shared config file" : choice.config_path));
  }
  if (auto checked = CheckRegion(region); !checked) {
    return tl::unexpected(
        support::Annotate(fmt::format("profile \"{}\"", choice.name), std::move(checked).error()));
  }
  return std::string(region);
}

bool IgnoresEndpoints(const Environment& environment, const Section& profile) {
  auto chosen = environment.Get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  if (chosen.empty()) chosen = ValueOf(profile, "ignore_configured_endpoint_urls");
  return support::ToLower(chosen) == "true";
}

// A `services` section that is not there would send the calls somewhere else than meant.
Result<void> CheckServices(const Section& profile, const SharedFiles& files) {
  const auto name = ValueOf(profile, "services");
  if (name.empty() || files.services.contains(name)) return {};
  return Fail(ErrorKind::kConfig,
              fmt::format("the AWS profile says services = {}, but there is no section [services "
                          "{}] in the shared config file",
                          name, name));
}

struct FoundEndpoint {
  std::string url;
  std::string where;
};

// The first endpoint that the user configured for `service`.
std::optional<FoundEndpoint> ConfiguredEndpoint(const Service& service,
                                                const Environment& environment,
                                                const Section& profile, const SharedFiles& files) {
  const auto own = fmt::format("AWS_ENDPOINT_URL_{}", service.id);
  for (const std::string_view variable :
       {std::string_view(own), std::string_view("AWS_ENDPOINT_URL")}) {
    const auto url = environment.Get(variable);
    if (!url.empty()) return FoundEndpoint{.url = std::string(url), .where = std::string(variable)};
  }
  const auto services = files.services.find(ValueOf(profile, "services"));
  if (services != files.services.end()) {
    const auto key = support::ToLower(service.id) + ".endpoint_url";
    const auto url = ValueOf(services->second, key);
    if (!url.empty())
      return FoundEndpoint{.url = std::string(url),
                           .where = fmt::format("[services {}] {}", services->first, key)};
  }
  const auto url = ValueOf(profile, "endpoint_url");
  if (!url.empty())
    return FoundEndpoint{.url = std::string(url), .where = "endpoint_url of the profile"};
  return std::nullopt;
}

}  // namespace

ProfileChoice ChooseProfile(const Environment& environment) {
  ProfileChoice choice{
      .config_path = PathFrom(environment, "AWS_CONFIG_FILE", "config"),
      .credentials_path = PathFrom(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
      .name = "default"};
  for (const auto* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    const auto name = environment.Get(variable);
    if (name.empty()) continue;
    choice.name = name;
    choice.chosen = true;
    break;
  }
  return choice;
}

Result<SharedFiles> ReadSharedFiles(const ProfileChoice& choice) {
  SharedFiles files;
  if (auto added = AddFile(SharedFileKind::kConfig, choice.config_path, files); !added) {
    return tl::unexpected(std::move(added).error());
  }
  if (auto added = AddFile(SharedFileKind::kCredentials, choice.credentials_path, files); !added) {
    return tl::unexpected(std::move(added).error());
  }
  if (choice.chosen && !files.profiles.contains(choice.name)) {
    return Fail(ErrorKind::kConfig,
                fmt::format("AWS profile \"{}\" is in neither {} nor {}; check AWS_PROFILE",
                            choice.name, choice.config_path, choice.credentials_path));
  }
  return files;
}

Result<Settings> ResolveSettings(const Environment& environment, const ProfileChoice& choice,
                                 const SharedFiles& files) {
  const auto& profile = ProfileSection(choice, files);
  auto region = ResolveRegion(environment, choice, profile);
  if (!region) return tl::unexpected(std::move(region).error());
  Settings settings{.region = *region, .endpoints = {}};
  const bool ignore = IgnoresEndpoints(environment, profile);
  if (auto checked = CheckServices(profile, files); !ignore && !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  for (const auto& service : {kEcs, kEc2, kSsm, kSts}) {
    auto& endpoint = settings.endpoints[std::string(service.id)];
    endpoint = RegionalEndpoint(service, settings.region);
    const auto configured = ConfiguredEndpoint(service, environment, profile, files);
    if (ignore || !configured) continue;
    auto checked = CheckEndpointUrl(configured->url, configured->where);
    if (!checked) return tl::unexpected(std::move(checked).error());
    endpoint = *std::move(checked);
  }
  return settings;
}

}  // namespace ecsd::aws
