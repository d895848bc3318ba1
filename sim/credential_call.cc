#include "sim/credential_call.h"

#include <fmt/core.h>

#include <chrono>
#include <string>
#include <string_view>

#include "sim/http_request.h"
#include "sim/sigv4_verifier.h"

namespace ecsd::sim {

AccessKey IssueSession(const CredentialCall& call, std::string_view role,
                       std::string_view session) {
  constexpr std::string_view kRoleId = "AROAECSSIMULATOR00001";
  return call.keys.Issue(
      fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", call.account.id(), role, session),
      fmt::format("{}:{}", kRoleId, session),
      std::chrono::time_point_cast<std::chrono::seconds>(call.now + call.lifetime));
}

std::string RoleArn(const CredentialCall& call, std::string_view role) {
  return fmt::format("arn:aws:iam::{}:role/{}", call.account.id(), role);
}

std::string QueryParameter(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : ParseForm(request.query)) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace ecsd::sim
