#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/answer.h"
#include "sim/credential_call.h"
#include "sim/http_request.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::sim {

// The session tokens of IMDSv2. Any thread may call it.
class MetadataSessions {
 public:
  using Time = std::chrono::system_clock::time_point;

  [[nodiscard]] std::string Begin(Time now, std::chrono::seconds life) ECSD_EXCLUDES(mutex_);
  [[nodiscard]] bool IsOpen(std::string_view token, Time now) const ECSD_EXCLUDES(mutex_);

 private:
  mutable support::Mutex mutex_;
  std::map<std::string, Time, std::less<>> ends_ ECSD_GUARDED_BY(mutex_);
};

// The instance metadata service, version 2 only, of an instance with a role:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
[[nodiscard]] bool IsMetadataPath(std::string_view path);

// `MetadataToken`, `MetadataRole`, `MetadataCredentials`, `MetadataRegion` (also the zone),
// `MetadataIdentity` (the identity document) or `MetadataOther`.
[[nodiscard]] std::string_view MetadataAction(const HttpRequest& request);

// 401 without the token of an open session, 403 when a proxy forwarded the request.
[[nodiscard]] tl::expected<void, ApiError> AdmitToMetadata(const CredentialCall& call,
                                                           std::string_view action,
                                                           const MetadataSessions& sessions);

[[nodiscard]] ApiResult CallMetadata(const CredentialCall& call, std::string_view action,
                                     MetadataSessions& sessions);

// What comes instead of credentials, with status 200, when EC2 may not assume the instance's role.
[[nodiscard]] std::string MetadataRoleFailure(const CredentialCall& call);

}  // namespace ecsd::sim
