#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "support/result.h"

namespace ecsd::aws {

// What the command line says about AWS; empty: not given. It comes before everything else.
struct SettingFlags {
  std::string region;        // --aws.region
  std::string endpoint_url;  // --aws.endpoint-url, for all services
};

// Every place that a setting may stand in. They must outlive the call that they are given to.
struct SettingPlaces {
  const SettingFlags& flags;
  const Environment& environment;
  const ProfileChoice& choice;
  const SharedFiles& files;
};

// A value and, for people, where it was found.
struct FoundSetting {
  std::string value;
  std::string where;
  friend bool operator==(const FoundSetting&, const FoundSetting&) = default;
};

// The first of an environment variable and a key of the profile that is not empty.
[[nodiscard]] std::optional<FoundSetting> FromEnvironmentOrProfile(const SettingPlaces& places,
                                                                   std::string_view variable,
                                                                   std::string_view key);

// The keys of the chosen profile; none when there is no such profile.
[[nodiscard]] const Section& ProfileSection(const ProfileChoice& choice, const SharedFiles& files);

// The region: --aws.region, AWS_REGION, AWS_DEFAULT_REGION, then the profile's `region`; nothing
// when none of them says one. kConfig, naming the place, for one that cannot stand in a URL.
[[nodiscard]] support::Result<std::optional<FoundSetting>> ConfiguredRegion(
    const SettingPlaces& places);

// The error that says where a region can be put; `metadata` says why that of the EC2 instance is
// not known, and is empty where it was not asked.
[[nodiscard]] support::Error NoRegion(const ProfileChoice& choice, std::string_view metadata);

// What calls need besides credentials.
struct Settings {
  std::string region;
  std::map<std::string, std::string, std::less<>> endpoints;  // service id to URL, ending in '/'
  std::string region_source;                                  // for people
  // Service id to where its endpoint was found, for people.
  std::map<std::string, std::string, std::less<>> endpoint_sources;
  EndpointVariant variant;

  [[nodiscard]] const std::string& EndpointOf(const Service& service) const {
    return endpoints.find(service.id)->second;
  }
  friend bool operator==(const Settings&, const Settings&) = default;
};

// Endpoint of each service: --aws.endpoint-url, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the
// profile's `services` section, its `endpoint_url`, else the regional one;
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true leaves only the flag and the last (as does
// ignore_configured_endpoint_urls in the profile, where the variable is not set). Which regional
// one: AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT, or use_fips_endpoint and
// use_dualstack_endpoint in the profile; both together with a configured endpoint are refused. The
// portal of SSO has an endpoint here only when one is configured, for its region is that of the
// login. AWS SDKs and Tools Reference Guide, "AWS Region", "Service-specific endpoints" and
// "Dual-stack and FIPS endpoints". kConfig on failure.
[[nodiscard]] support::Result<Settings> ResolveSettings(const SettingPlaces& places,
                                                        const FoundSetting& region);

// The PEM bundle that replaces the system's certificate authorities: AWS_CA_BUNDLE, then the
// profile's `ca_bundle`; nothing: the system's. kConfig when it cannot be read.
[[nodiscard]] support::Result<std::optional<FoundSetting>> ConfiguredCaBundle(
    const SettingPlaces& places);

}  // namespace ecsd::aws
