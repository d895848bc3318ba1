#include "sim/sts_api.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/http_request.h"
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
  return call.session_lifetime.value_or(std::chrono::seconds(seconds));
}

tl::expected<void, ApiError> CheckRole(const std::string& role, const std::string& session) {
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
  return {};
}

// arn:aws:iam::ACCOUNT:role/path/NAME becomes arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION.
std::string AssumedRoleArn(std::string_view role, std::string_view session) {
  const std::string_view account = role.substr(0, role.find(":role/"));
  return fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", account.substr(account.rfind(':') + 1),
                     ShortId(role), session);
}

std::string IsoTime(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  static_cast<void>(gmtime_r(&seconds, &parts));
  std::array<char, 24> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
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
  const std::string role = Parameter(call.parameters, "RoleArn");
  const std::string session = Parameter(call.parameters, "RoleSessionName");
  if (auto valid = CheckRole(role, session); !valid) return tl::unexpected(valid.error());
  return Lifetime(call).map([&](std::chrono::seconds lifetime) {
    const std::string id = fmt::format("{}:{}", kRoleId, session);
    // Whole seconds, as the answer can say no more.
    const auto expiration = std::chrono::time_point_cast<std::chrono::seconds>(call.now + lifetime);
    const AccessKey key = keys.Issue(AssumedRoleArn(role, session), id, expiration);
    return Envelope("AssumeRole",
                    fmt::format("<Credentials>{}{}{}{}</Credentials><AssumedRoleUser>{}{}"
                                "</AssumedRoleUser><PackedPolicySize>0</PackedPolicySize>",
                                TextElement("AccessKeyId", key.id),
                                TextElement("SecretAccessKey", key.secret.Reveal()),
                                TextElement("SessionToken", key.token.Reveal()),
                                TextElement("Expiration", IsoTime(expiration)),
                                TextElement("Arn", key.principal_arn),
                                TextElement("AssumedRoleId", key.principal_id)),
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
