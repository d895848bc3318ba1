#include "aws/settings.h"

#include <fmt/core.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/types.h>
#include <openssl/x509.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "aws/small_file.h"
#include "support/result.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

std::string NameProfile(const ProfileChoice& choice) {
  return fmt::format("profile \"{}\"", choice.name);
}

bool IgnoresEndpoints(const SettingPlaces& places) {
  const auto found = FromEnvironmentOrProfile(places, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                              "ignore_configured_endpoint_urls");
  return found && support::ToLower(found->value) == "true";
}

Result<bool> ReadSwitch(const std::optional<FoundSetting>& found) {
  if (!found) return false;
  const auto value = support::ToLower(found->value);
  if (value == "true" || value == "false") return value == "true";
  constexpr std::size_t kLongestQuote = 40;
  return Fail(ErrorKind::kConfig, fmt::format("{}: \"{}\" is neither true nor false", found->where,
                                              support::OneLine(found->value, kLongestQuote)));
}

Result<EndpointVariant> ResolveVariant(const SettingPlaces& places) {
  const auto fips =
      ReadSwitch(FromEnvironmentOrProfile(places, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
  if (!fips) return tl::unexpected(fips.error());
  const auto dual_stack = ReadSwitch(
      FromEnvironmentOrProfile(places, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"));
  if (!dual_stack) return tl::unexpected(dual_stack.error());
  return EndpointVariant{.fips = *fips, .dual_stack = *dual_stack};
}

// A `services` section that is not there would send the calls somewhere else than meant.
Result<void> CheckServices(const SettingPlaces& places) {
  const auto name = ValueOf(ProfileSection(places.choice, places.files), "services");
  if (name.empty() || places.files.services.contains(name)) return {};
  return Fail(ErrorKind::kConfig,
              fmt::format("the AWS profile says services = {}, but there is no section [services "
                          "{}] in the shared config file",
                          name, name));
}

// The first endpoint that the user configured for `service`, but for the flag.
std::optional<FoundSetting> ConfiguredEndpoint(const Service& service,
                                               const SettingPlaces& places) {
  const auto own = fmt::format("AWS_ENDPOINT_URL_{}", service.id);
  for (const std::string_view variable :
       {std::string_view(own), std::string_view("AWS_ENDPOINT_URL")}) {
    const auto url = places.environment.Get(variable);
    if (!url.empty())
      return FoundSetting{.value = std::string(url), .where = std::string(variable)};
  }
  const auto& profile = ProfileSection(places.choice, places.files);
  const auto services = places.files.services.find(ValueOf(profile, "services"));
  if (services != places.files.services.end()) {
    const auto key = support::ToLower(service.id) + ".endpoint_url";
    const auto url = ValueOf(services->second, key);
    if (!url.empty())
      return FoundSetting{.value = std::string(url),
                          .where = fmt::format("[services {}] {}", services->first, key)};
  }
  const auto url = ValueOf(profile, "endpoint_url");
  if (url.empty()) return std::nullopt;
  return FoundSetting{.value = std::string(url), .where = "endpoint_url of the profile"};
}

// Settles the endpoint of one service in `settings`, which has the region and the variant.
Result<void> SettleEndpoint(const Service& service, const SettingPlaces& places, bool ignore,
                            Settings& settings) {
  std::optional<FoundSetting> found;
  if (!ignore) found = ConfiguredEndpoint(service, places);
  if (!places.flags.endpoint_url.empty())
    found = FoundSetting{.value = places.flags.endpoint_url, .where = "-aws.endpoint-url"};
  const std::string id(service.id);
  if (!found && service.id == kSso.id) return {};
  if (!found) {
    settings.endpoints[id] = RegionalEndpoint(service, settings.region, settings.variant);
    settings.endpoint_sources[id] = "region";
    return {};
  }
  auto checked = CheckEndpointUrl(found->value, found->where);
  if (!checked) return tl::unexpected(std::move(checked).error());
  if (settings.variant != EndpointVariant()) {
    return Fail(ErrorKind::kConfig,
                fmt::format("{}: an endpoint of your own cannot be had together with FIPS or "
                            "dual-stack endpoints; leave one of them out",
                            found->where));
  }
  settings.endpoints[id] = *std::move(checked);
  settings.endpoint_sources[id] = std::move(found->where);
  return {};
}

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// Whether `text` has a certificate in PEM form that can be read; libcurl says so no earlier than at
// the first call, and not which setting names the file.
bool HasCertificate(const std::string& text) {
  const std::unique_ptr<BIO, BioDeleter> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const std::unique_ptr<X509, CertificateDeleter> certificate(
      PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate != nullptr;
}

}  // namespace

std::optional<FoundSetting> FromEnvironmentOrProfile(const SettingPlaces& places,
                                                     std::string_view variable,
                                                     std::string_view key) {
  const auto set = places.environment.Get(variable);
  if (!set.empty()) return FoundSetting{.value = std::string(set), .where = std::string(variable)};
  const auto said = ValueOf(ProfileSection(places.choice, places.files), key);
  if (said.empty()) return std::nullopt;
  return FoundSetting{.value = std::string(said),
                      .where = fmt::format("{} of {}", key, NameProfile(places.choice))};
}

const Section& ProfileSection(const ProfileChoice& choice, const SharedFiles& files) {
  static const Section none;
  const auto found = files.profiles.find(choice.name);
  return found == files.profiles.end() ? none : found->second;
}

Result<std::optional<FoundSetting>> ConfiguredRegion(const SettingPlaces& places) {
  const auto& profile = ProfileSection(places.choice, places.files);
  const std::array candidates = {
      FoundSetting{.value = places.flags.region, .where = "-aws.region"},
      FoundSetting{.value = std::string(places.environment.Get("AWS_REGION")),
                   .where = "AWS_REGION"},
      FoundSetting{.value = std::string(places.environment.Get("AWS_DEFAULT_REGION")),
                   .where = "AWS_DEFAULT_REGION"},
      FoundSetting{.value = std::string(ValueOf(profile, "region")),
                   .where = NameProfile(places.choice)}};
  for (const auto& candidate : candidates) {
    if (candidate.value.empty()) continue;
    if (auto checked = CheckRegion(candidate.value); !checked) {
      return tl::unexpected(support::Annotate(candidate.where, std::move(checked).error()));
    }
    return candidate;
  }
  return std::nullopt;
}

support::Error NoRegion(const ProfileChoice& choice, std::string_view metadata) {
  return {
      .kind = ErrorKind::kConfig,
      .message = fmt::format(
          "no AWS region: set -aws.region, AWS_REGION or AWS_DEFAULT_REGION, or `region` in "
          "profile \"{}\" of {}{}{}",
          choice.name, choice.config_path.empty() ? "the shared config file" : choice.config_path,
          metadata.empty() ? "" : "; the EC2 instance does not say one: ", metadata)};
}

Result<Settings> ResolveSettings(const SettingPlaces& places, const FoundSetting& region) {
  const auto variant = ResolveVariant(places);
  if (!variant) return tl::unexpected(variant.error());
  Settings settings{.region = region.value,
                    .endpoints = {},
                    .region_source = region.where,
                    .endpoint_sources = {},
                    .variant = *variant};
  const bool ignore = IgnoresEndpoints(places);
  if (auto checked = CheckServices(places); !ignore && !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  for (const auto& service : {kEcs, kEc2, kSsm, kSts, kSso}) {
    if (auto settled = SettleEndpoint(service, places, ignore, settings); !settled) {
      return tl::unexpected(std::move(settled).error());
    }
  }
  return settings;
}

Result<std::optional<FoundSetting>> ConfiguredCaBundle(const SettingPlaces& places) {
  auto found = FromEnvironmentOrProfile(places, "AWS_CA_BUNDLE", "ca_bundle");
  if (!found) return std::nullopt;
  found->value = ExpandHome(places.environment, found->value);
  const auto text = ReadSmallFile(found->value);
  if (!text) return tl::unexpected(support::Annotate(found->where, text.error()));
  if (*text && HasCertificate(**text)) return found;
  return Fail(
      ErrorKind::kConfig,
      fmt::format("{}: {}: {}; name a file of certificates in PEM form", found->where, found->value,
                  *text ? "has no certificate that can be read" : "does not exist"));
}

}  // namespace ecsd::aws
