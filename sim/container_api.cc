#include "sim/container_api.h"

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/credential_call.h"
#include "sim/http_request.h"
#include "sim/iso_time.h"
#include "sim/json.h"
#include "sim/sigv4_verifier.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kEcsPath = "/v2/credentials/";
constexpr std::string_view kPodPath = "/v1/credentials";
constexpr std::string_view kPodAction = "PodIdentityCredentials";

}  // namespace

bool IsContainerPath(std::string_view path) {
  return path == kPodPath || path.starts_with(kEcsPath);
}

std::string_view ContainerAction(const HttpRequest& request) {
  return request.path == kPodPath ? kPodAction : "ContainerCredentials";
}

tl::expected<void, ApiError> AdmitToContainer(const CredentialCall& call, std::string_view action) {
  const bool pod = action == kPodAction;
  const auto token = FindHeader(call.request, "authorization");
  if (pod && token.value_or("").empty()) {
    return FailApi(401, "AccessDeniedException", "Service account token cannot be empty");
  }
  if (call.tokens.Accepts(pod ? "pod-identity" : "container", token.value_or(""))) return {};
  return FailApi(401, "AccessDeniedException", "The authorization token is not valid");
}

ApiResult CallContainer(const CredentialCall& call, std::string_view action) {
  if (call.request.method != "GET") return FailApi(405, "MethodNotAllowed", "Only GET is allowed");
  const bool pod = action == kPodAction;
  const std::string_view role = pod ? "ecs-sim-pod" : "ecs-sim-task";
  const AccessKey key = IssueSession(call, role, "0ec551a0000000000000000000000001");
  Json out = {{"RoleArn", RoleArn(call, role)},
              {"AccessKeyId", key.id},
              {"SecretAccessKey", key.secret.Reveal()},
              {"Token", key.token.Reveal()},
              {"Expiration", IsoTime(*key.expiration)}};
  if (pod) out["AccountId"] = call.account.id();
  return Dump(out);
}

}  // namespace ecsd::sim
