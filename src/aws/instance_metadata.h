#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "aws/credentials.h"
#include "aws/settings.h"
#include "aws/source_tools.h"
#include "support/mutex.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/thread_annotations.h"

namespace ecsd::aws {

// How to reach the metadata service of the EC2 instance.
struct MetadataSettings {
  std::string endpoint = "http://169.254.169.254/";
  bool disabled = false;
  std::chrono::seconds timeout{1};  // of connecting and of one answer
  int attempts = 2;
  friend bool operator==(const MetadataSettings&, const MetadataSettings&) = default;
};

// AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT, which comes before
// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE (IPv4 or IPv6), AWS_METADATA_SERVICE_TIMEOUT (whole
// seconds) and AWS_METADATA_SERVICE_NUM_ATTEMPTS, each but the first also as a key of the profile.
// AWS SDKs and Tools Reference Guide, "IMDS credential provider". kConfig for a value that is none.
[[nodiscard]] support::Result<MetadataSettings> FindMetadata(const SettingPlaces& places);

// The metadata service of the EC2 instance that the program runs on, version 2 only: a token first,
// then what is asked for with it. Never through a proxy. Any thread may call.
class InstanceMetadata final : public CredentialSource {
 public:
  InstanceMetadata(const SourceTools& tools, MetadataSettings settings);

  // The region of the instance. kTransport, kTimeout or kServer when the service does not respond
  // or fails; kCredentials when it is left out or gives no token; kNotFound when it has no region.
  [[nodiscard]] support::Result<std::string> Region(const Deadline& deadline);

  // Credentials of the role of the instance. kCredentials when there is no metadata service, or no
  // role. When the service fails, or gives only keys that have expired already, the last ones are
  // extended by ten minutes: AWS goes on taking them while the service is down (static stability of
  // IMDS, as in the SDKs).
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  [[nodiscard]] support::Result<support::Secret> Token(const Deadline& deadline) const;
  // The text at `path`.
  [[nodiscard]] support::Result<std::string> Get(const std::string& path,
                                                 const support::Secret& token,
                                                 const Deadline& deadline) const;
  [[nodiscard]] support::Result<Credentials> FetchOnce(const Deadline& deadline) const;

  const SourceTools tools_;
  const MetadataSettings settings_;

  support::Mutex mutex_;
  std::optional<Credentials> last_ ECSD_GUARDED_BY(mutex_);
};

}  // namespace ecsd::aws
