#include "sim/credential_endpoints.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "sim/answer.h"
#include "sim/call_counts.h"
#include "sim/container_api.h"
#include "sim/credential_call.h"
#include "sim/fault_answers.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/metadata_api.h"
#include "sim/portal_api.h"
#include "sim/request_ids.h"

namespace ecsd::sim {
namespace {

// As long as a role of an instance or a task has them at most.
constexpr std::chrono::hours kUsualLife{6};

}  // namespace

// Which of the endpoints a request is for and what it wants there.
struct CredentialEndpoints::Endpoint {
  Protocol protocol = Protocol::kMetadata;
  std::string_view action;

  static Endpoint Of(const HttpRequest& request) {
    if (IsMetadataPath(request.path)) {
      return {.protocol = Protocol::kMetadata, .action = MetadataAction(request)};
    }
    if (IsPortalPath(request.path)) {
      return {.protocol = Protocol::kPortal, .action = "GetRoleCredentials"};
    }
    return {.protocol = Protocol::kContainer, .action = ContainerAction(request)};
  }

  [[nodiscard]] tl::expected<void, ApiError> Admit(const CredentialCall& call,
                                                   const MetadataSessions& sessions) const {
    if (protocol == Protocol::kMetadata) return AdmitToMetadata(call, action, sessions);
    return protocol == Protocol::kPortal ? AdmitToPortal(call) : AdmitToContainer(call, action);
  }

  [[nodiscard]] ApiResult Call(const CredentialCall& call, MetadataSessions& sessions) const {
    if (protocol == Protocol::kMetadata) return CallMetadata(call, action, sessions);
    return protocol == Protocol::kPortal ? GetRoleCredentials(call) : CallContainer(call, action);
  }
};

CredentialEndpoints::CredentialEndpoints(Parts parts) : parts_(std::move(parts)) {}

bool CredentialEndpoints::Has(std::string_view path) {
  return IsMetadataPath(path) || IsPortalPath(path) || IsContainerPath(path);
}

Answer CredentialEndpoints::Handle(const HttpRequest& request) {
  const Endpoint endpoint = Endpoint::Of(request);
  CredentialCall call{.request = request,
                      .account = parts_.account,
                      .keys = parts_.keys,
                      .tokens = parts_.tokens,
                      .now = parts_.now(),
                      .lifetime = parts_.lifetime.value_or(kUsualLife)};
  if (auto admitted = endpoint.Admit(call, sessions_); !admitted) {
    parts_.calls.Add("_rejected");
    return MakeAnswer(endpoint.protocol, tl::unexpected(admitted.error()), NextRequestId());
  }
  parts_.calls.Add(endpoint.action);
  const std::optional<Fault> fault =
      parts_.faults.Take(endpoint.action, [](std::string_view /*name*/) { return false; });
  if (fault && fault->kind == FaultKind::kExpiring) {
    call.lifetime = std::chrono::duration_cast<std::chrono::seconds>(fault->duration);
  }
  return Serve(call, endpoint, fault);
}

Answer CredentialEndpoints::Serve(const CredentialCall& call, const Endpoint& endpoint,
                                  const std::optional<Fault>& fault) {
  const std::string request_id = NextRequestId();
  Answer right = MakeAnswer(endpoint.protocol, endpoint.Call(call, sessions_), request_id);
  if (endpoint.action == "MetadataToken") {
    constexpr std::string_view kLife = "x-aws-ec2-metadata-token-ttl-seconds";
    right.headers.emplace_back(kLife, FindHeader(call.request, kLife).value_or(""));
  }
  if (!fault || IsTwist(fault->kind)) return right;
  if (endpoint.action == "MetadataCredentials" && fault->kind == FaultKind::kDenied) {
    right.body = MetadataRoleFailure(call);
    return right;
  }
  return Strike(*fault,
                {.protocol = endpoint.protocol,
                 .operation = endpoint.action,
                 .principal_arn = {},
                 .request_id = request_id},
                std::move(right));
}

}  // namespace ecsd::sim
