#pragma once

#include <map>
#include <string>
#include <string_view>

#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/profile_file.h"
#include "support/result.h"

namespace ecsd::aws {

// Where the shared files are and which profile is used, from the environment.
struct ProfileChoice {
  std::string config_path;
  std::string credentials_path;
  std::string name;     // AWS_PROFILE, AWS_DEFAULT_PROFILE or "default"
  bool chosen = false;  // the user named it, so it has to exist
  friend bool operator==(const ProfileChoice&, const ProfileChoice&) = default;
};

[[nodiscard]] ProfileChoice ChooseProfile(const Environment& environment);

// Reads the shared files that exist. kConfig when one cannot be read or understood, or when the
// chosen profile is in neither.
[[nodiscard]] support::Result<SharedFiles> ReadSharedFiles(const ProfileChoice& choice);

// What calls need besides credentials.
struct Settings {
  std::string region;
  std::map<std::string, std::string, std::less<>> endpoints;  // service id to URL, ending in '/'

  [[nodiscard]] const std::string& EndpointOf(const Service& service) const {
    return endpoints.find(service.id)->second;
  }
  friend bool operator==(const Settings&, const Settings&) = default;
};

// Region: AWS_REGION, AWS_DEFAULT_REGION, then the profile's `region`. Endpoint of each service:
// AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's `services` section, its
// `endpoint_url`, else the regional one; AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true leaves only the
// last (as does ignore_configured_endpoint_urls in the profile, where the variable is not set). AWS
// SDKs and Tools Reference Guide, "AWS Region" and "Service-specific endpoints". kConfig
// on failure.
[[nodiscard]] support::Result<Settings> ResolveSettings(const Environment& environment,
                                                        const ProfileChoice& choice,
                                                        const SharedFiles& files);

}  // namespace ecsd::aws
