#include "sim/sts_api.h"

#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/bearer_tokens.h"
#include "sim/http_request.h"
#include "sim/iso_time.h"
#include "sim/key_ring.h"
#include "sim/sigv4_verifier.h"
#include "sim/xml_text.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
constexpr std::string_view kRoleId = "AROAECSSIMULATOR00001";
constexpr std::chrono::seconds kShortestSession{900};
constexpr std::chrono::seconds kDefaultSession{3600};
constexpr std::chrono::seconds kLongestSession{43200};

std::string Parameter(const std::vector<NamedText>& parameters, std::string_view wanted) {
  for (const auto& [name, value] : parameters) {
    if (name == wanted) return value;
  }
  return {};
}

tl::unexpected<ApiError> Invalid(std::string_view value, std::string_view member,
                                 std::string_view constraint) {
  return FailApi(400, "ValidationError",
                 fmt::format("1 validation error detected: Value {} at '{}' failed to satisfy "
                             "constraint: {}",
                             value, member, constraint));
}

bool IsRole(const AccessKey& caller) {
  return caller.principal_arn.find(":assumed-role/") != std::string::npos;
}

tl::expected<std::chrono::seconds, ApiError> Lifetime(const StsCall& call) {
  const std::string text = Parameter(call.parameters, "DurationSeconds");
  long long seconds = kDefaultSession.count();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool number = text.empty() || (error == std::errc() && end == text.data() + text.size());
  if (!number || seconds < kShortestSession.count()) {
    return Invalid("'" + text + "'", "durationSeconds",
                   "Member must have value greater than or equal to 900");
  }
  if (seconds > kLongestSession.count()) {
    return Invalid("'" + text + "'", "durationSeconds",
                   "Member must have value less than or equal to 43200");
  }
  if (seconds > kDefaultSession.count() && IsRole(call.caller)) {
    return FailApi(
        400, "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
        "by role chaining");
  }
  return call.session_lifetime.value_or(std::chrono::seconds(seconds));
}

// A role and the name of the session to begin.
struct RoleSession {
  std::string arn;
  std::string session;
};

tl::expected<RoleSession, ApiError> CheckRole(const StsCall& call) {
  const std::string role = Parameter(call.parameters, "RoleArn");
  const std::string session = Parameter(call.parameters, "RoleSessionName");
  if (role.empty()) return Invalid("null", "roleArn", "Member must not be null");
  if (session.empty()) return Invalid("null", "roleSessionName", "Member must not be null");
  if (session.size() < 2 || session.size() > 64 ||
      session.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
                                "+=,.@-") != std::string::npos) {
    return Invalid("'" + session + "'", "roleSessionName",
                   "Member must satisfy regular expression pattern: [\\w+=,.@-]*");
  }
  if (!role.starts_with("arn:") || role.find(":iam::") == std::string::npos ||
      role.find(":role/") == std::string::npos) {
    return FailApi(400, "ValidationError", fmt::format("{} is invalid", role));
  }
  return RoleSession{.arn = role, .session = session};
}

// arn:aws:iam::ACCOUNT:role/path/NAME becomes arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION.
std::string AssumedRoleArn(std::string_view role, std::string_view session) {
  const std::string_view account = role.substr(0, role.find(":role/"));
  return fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", account.substr(account.rfind(':') + 1),
                     ShortId(role), session);
}

AccessKey Issue(const StsCall& call, const RoleSession& role, std::chrono::seconds lifetime,
                KeyRing& keys) {
  // Whole seconds, as the answer can say no more.
  return keys.Issue(AssumedRoleArn(role.arn, role.session),
                    fmt::format("{}:{}", kRoleId, role.session),
                    std::chrono::time_point_cast<std::chrono::seconds>(call.now + lifetime));
}

// The one item of the answer, as a fault bends it.
std::string Twisted(const std::string& item, std::optional<FaultKind> twist) {
  if (twist == FaultKind::kMissing || twist == FaultKind::kEmptyList) return {};
  if (twist == FaultKind::kEmptyPage) return TextElement("NextToken", "again");
  if (twist == FaultKind::kDuplicateItem) return item + item;
  return twist == FaultKind::kRepeatedToken ? item + TextElement("NextToken", "again") : item;
}

std::string SessionXml(const AccessKey& key, std::optional<FaultKind> twist) {
  const std::string keys =
      fmt::format("<Credentials>{}{}{}{}</Credentials>", TextElement("AccessKeyId", key.id),
                  TextElement("SecretAccessKey", key.secret.Reveal()),
                  TextElement("SessionToken", key.token.Reveal()),
                  TextElement("Expiration", IsoTime(*key.expiration)));
  return fmt::format(
      "{}<AssumedRoleUser>{}{}</AssumedRoleUser><PackedPolicySize>0</PackedPolicySize>",
      Twisted(keys, twist), TextElement("Arn", key.principal_arn),
      TextElement("AssumedRoleId", key.principal_id));
}

std::string Envelope(std::string_view action, std::string_view result,
                     std::string_view request_id) {
  return fmt::format(
      "<{0}Response xmlns=\"{1}\"><{0}Result>{2}</{0}Result><ResponseMetadata><RequestId>{3}"
      "</RequestId></ResponseMetadata></{0}Response>",
      action, kNamespace, result, request_id);
}

}  // namespace

ApiResult AssumeRole(const StsCall& call, KeyRing& keys) {
  const auto role = CheckRole(call);
  if (!role) return tl::unexpected(role.error());
  const auto wanted = call.external_ids.find(role->arn);
  if (wanted != call.external_ids.end() &&
      wanted->second != Parameter(call.parameters, "ExternalId")) {
    return FailApi(
        403, "AccessDenied",
        fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                    call.caller.principal_arn, role->arn));
  }
  return Lifetime(call).map([&](std::chrono::seconds lifetime) {
    const AccessKey key = Issue(call, *role, lifetime, keys);
    return Envelope("AssumeRole", SessionXml(key, call.twist), call.request_id);
  });
}

ApiResult AssumeRoleWithWebIdentity(const StsCall& call, KeyRing& keys) {
  const auto role = CheckRole(call);
  if (!role) return tl::unexpected(role.error());
  const std::string token = Parameter(call.parameters, "WebIdentityToken");
  if (token.empty()) return Invalid("null", "webIdentityToken", "Member must not be null");
  if (!call.tokens.Accepts("web-identity", token)) {
    return FailApi(400, "InvalidIdentityToken", "The web identity token provided is not valid");
  }
  return Lifetime(call).map([&](std::chrono::seconds lifetime) {
    const AccessKey key = Issue(call, *role, lifetime, keys);
    constexpr std::string_view kSubject = "system:serviceaccount:monitoring:ecs-sim";
    return Envelope("AssumeRoleWithWebIdentity",
                    SessionXml(key, call.twist) +
                        TextElement("SubjectFromWebIdentityToken", kSubject) +
                        TextElement("Provider", "arn:aws:iam::123456789012:oidc-provider/ecs-sim") +
                        TextElement("Audience", "sts.amazonaws.com"),
                    call.request_id);
  });
}

ApiResult GetCallerIdentity(const StsCall& call) {
  return Envelope("GetCallerIdentity",
                  TextElement("Arn", call.caller.principal_arn) +
                      TextElement("UserId", call.caller.principal_id) +
                      TextElement("Account", call.account_id),
                  call.request_id);
}

}  // namespace ecsd::sim
