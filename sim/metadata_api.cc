#include "sim/metadata_api.h"

#include <fmt/core.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/answer.h"
#include "sim/credential_call.h"
#include "sim/duration.h"
#include "sim/http_request.h"
#include "sim/iso_time.h"
#include "sim/json.h"
#include "sim/key_ring.h"
#include "sim/sigv4_verifier.h"
#include "support/mutex.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kRole = "ecs-sim-instance";
constexpr std::string_view kInstanceId = "i-0ec551a0000000001";
constexpr std::string_view kRolePath = "/latest/meta-data/iam/security-credentials";
constexpr std::string_view kIdentityPath = "/latest/dynamic/instance-identity/document";
constexpr std::string_view kTokenPath = "/latest/api/token";
constexpr std::string_view kPlacementPath = "/latest/meta-data/placement/";
constexpr std::string_view kTokenHeader = "x-aws-ec2-metadata-token";
constexpr std::string_view kLifeHeader = "x-aws-ec2-metadata-token-ttl-seconds";

ApiResult BeginSession(const CredentialCall& call, MetadataSessions& sessions) {
  constexpr unsigned int kLongestSession = 21600;
  const auto life =
      ReadNumber(FindHeader(call.request, kLifeHeader).value_or(""), 1, kLongestSession);
  if (!life) return FailApi(400, "Bad Request", kLifeHeader);
  return sessions.Begin(call.now, std::chrono::seconds(*life));
}

ApiResult Credentials(const CredentialCall& call) {
  const std::string_view role = std::string_view(call.request.path).substr(kRolePath.size() + 1);
  if (role != kRole) return FailApi(404, "Not Found", "");
  const AccessKey key = IssueSession(call, kRole, kInstanceId);
  return Dump({{"Code", "Success"},
               {"LastUpdated", IsoTime(call.now)},
               {"Type", "AWS-HMAC"},
               {"AccessKeyId", key.id},
               {"SecretAccessKey", key.secret.Reveal()},
               {"Token", key.token.Reveal()},
               {"Expiration", IsoTime(*key.expiration)}});
}

ApiResult PlaceOfInstance(const CredentialCall& call) {
  std::string_view wanted = std::string_view(call.request.path).substr(kPlacementPath.size());
  if (wanted.ends_with('/')) wanted.remove_suffix(1);
  if (wanted == "region") return call.account.region();
  if (wanted == "availability-zone") return call.account.region() + "a";
  return FailApi(404, "Not Found", "");
}

std::string IdentityDocument(const CredentialCall& call) {
  return Dump({{"accountId", call.account.id()},
               {"architecture", "x86_64"},
               {"availabilityZone", call.account.region() + "a"},
               {"imageId", "ami-0ec551a0000000001"},
               {"instanceId", kInstanceId},
               {"instanceType", "m5.large"},
               {"pendingTime", IsoTime(call.now)},
               {"privateIp", "10.0.0.4"},
               {"region", call.account.region()},
               {"version", "2017-09-30"}});
}

}  // namespace

std::string MetadataSessions::Begin(Time now, std::chrono::seconds life) {
  std::string token = "AQAEA" + RandomText(48) + "==";
  const support::MutexLock lock(mutex_);
  ends_.insert_or_assign(token, now + life);
  return token;
}

bool MetadataSessions::IsOpen(std::string_view token, Time now) const {
  const support::MutexLock lock(mutex_);
  const auto end = ends_.find(token);
  return end != ends_.end() && now < end->second;
}

bool IsMetadataPath(std::string_view path) {
  return path.starts_with("/latest/");
}

std::string_view MetadataAction(const HttpRequest& request) {
  const std::string_view path = request.path;
  if (request.method == "PUT") return path == kTokenPath ? "MetadataToken" : "MetadataOther";
  if (request.method != "GET") return "MetadataOther";
  if (path == kRolePath || path == std::string(kRolePath) + "/") return "MetadataRole";
  if (path.starts_with(std::string(kRolePath) + "/")) return "MetadataCredentials";
  if (path == kIdentityPath) return "MetadataIdentity";
  return path.starts_with(kPlacementPath) ? "MetadataRegion" : "MetadataOther";
}

tl::expected<void, ApiError> AdmitToMetadata(const CredentialCall& call, std::string_view action,
                                             const MetadataSessions& sessions) {
  if (FindHeader(call.request, "x-forwarded-for")) return FailApi(403, "Forbidden", "");
  if (action == "MetadataToken") return {};
  const auto token = FindHeader(call.request, kTokenHeader);
  if (token && sessions.IsOpen(*token, call.now)) return {};
  return FailApi(401, "Unauthorized", "");
}

ApiResult CallMetadata(const CredentialCall& call, std::string_view action,
                       MetadataSessions& sessions) {
  if (action == "MetadataToken") return BeginSession(call, sessions);
  if (action == "MetadataRole") return std::string(kRole);
  if (action == "MetadataCredentials") return Credentials(call);
  if (action == "MetadataRegion") return PlaceOfInstance(call);
  if (action == "MetadataIdentity") return IdentityDocument(call);
  return FailApi(404, "Not Found", "");
}

std::string MetadataRoleFailure(const CredentialCall& call) {
  return Dump({{"Code", "AssumeRoleUnauthorizedAccess"},
               {"Message", fmt::format("EC2 cannot assume the role {}. Please see documentation at "
                                       "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
                                       "troubleshoot_iam-ec2.html.",
                                       kRole)},
               {"LastUpdated", IsoTime(call.now)}});
}

}  // namespace ecsd::sim
