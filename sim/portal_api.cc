#include "sim/portal_api.h"

#include <fmt/core.h>

#include <chrono>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/credential_call.h"
#include "sim/http_request.h"
#include "sim/json.h"
#include "sim/sigv4_verifier.h"

namespace ecsd::sim {

bool IsPortalPath(std::string_view path) {
  return path == "/federation/credentials";
}

tl::expected<void, ApiError> AdmitToPortal(const CredentialCall& call) {
  const auto token = FindHeader(call.request, "x-amz-sso_bearer_token");
  if (token && !token->empty() && call.tokens.Accepts("sso", *token)) return {};
  return FailApi(401, "UnauthorizedException", "Session token not found or invalid");
}

ApiResult GetRoleCredentials(const CredentialCall& call) {
  const std::string role = QueryParameter(call.request, "role_name");
  const std::string account = QueryParameter(call.request, "account_id");
  if (call.request.method != "GET" || role.empty() || account.empty()) {
    return FailApi(400, "InvalidRequestException", "role_name and account_id are needed");
  }
  if (account != call.account.id()) return FailApi(403, "ForbiddenException", "No access");
  const AccessKey key =
      IssueSession(call, fmt::format("AWSReservedSSO_{}_0ec551a000000001", role), "ecs-sim-user");
  const auto expiration =
      std::chrono::duration_cast<std::chrono::milliseconds>(key.expiration->time_since_epoch());
  return Dump({{"roleCredentials",
                {{"accessKeyId", key.id},
                 {"secretAccessKey", key.secret.Reveal()},
                 {"sessionToken", key.token.Reveal()},
                 {"expiration", expiration.count()}}}});
}

}  // namespace ecsd::sim
