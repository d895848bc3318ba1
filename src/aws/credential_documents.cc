#include "aws/credential_documents.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/credentials.h"
#include "aws/json_object.h"
#include "support/clock.h"
#include "support/result.h"
#include "support/rfc3339.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;
using support::Secret;

tl::unexpected<support::Error> Malformed(std::string_view why) {
  return Fail(ErrorKind::kMalformed, fmt::format("the document of credentials {}", why));
}

// Parses `text` and gives its top-level object to `read`, which may keep nothing of it.
template <typename T, typename Read>
Result<T> WithObject(const std::string& text, const Read& read) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(text).get(document) != simdjson::SUCCESS || !document.is_object()) {
    return Malformed("is no JSON object");
  }
  JsonObject object(document);
  return read(object);
}

// What the members with the keys and the token are called.
struct Names {
  std::string_view token;
  bool temporary = false;  // token and expiry must be there
};

Result<Credentials> ReadKeys(JsonObject& object, const Names& names) {
  Credentials credentials{.access_key_id = object.Text("AccessKeyId"),
                          .secret_access_key = Secret(object.Text("SecretAccessKey")),
                          .session_token = Secret(object.Text(names.token)),
                          .expires = std::nullopt,
                          .source = {}};
  const auto expiration = object.Text("Expiration");
  if (!object.well_formed()) return Malformed("has a member of another type than text");
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
    return Malformed("has no AccessKeyId or no SecretAccessKey");
  if (names.temporary && (credentials.session_token.empty() || expiration.empty()))
    return Malformed(fmt::format("has no {} or no Expiration", names.token));
  if (expiration.empty()) return credentials;
  credentials.expires = support::ParseRfc3339(expiration);
  if (!credentials.expires) return Malformed("has an Expiration that is no time");
  return credentials;
}

}  // namespace

Result<Credentials> DecodeContainerCredentials(const std::string& text) {
  return WithObject<Credentials>(text, [](JsonObject& object) {
    return ReadKeys(object, {.token = "Token", .temporary = false});
  });
}

Result<Credentials> DecodeInstanceCredentials(const std::string& text) {
  return WithObject<Credentials>(text, [](JsonObject& object) -> Result<Credentials> {
    const auto code = object.Text("Code");
    if (!code.empty() && code != "Success") {
      constexpr std::size_t kLongestText = 200;
      return Fail(
          ErrorKind::kCredentials,
          support::OneLine(fmt::format("{}: {}", code, object.Text("Message")), kLongestText));
    }
    return ReadKeys(object, {.token = "Token", .temporary = true});
  });
}

Result<Credentials> DecodeProcessCredentials(const std::string& text) {
  return WithObject<Credentials>(text, [](JsonObject& object) -> Result<Credentials> {
    if (object.Number("Version") != 1) return Malformed("does not have Version 1");
    return ReadKeys(object, {.token = "SessionToken", .temporary = false});
  });
}

Result<Credentials> DecodeSsoCredentials(const std::string& text) {
  return WithObject<Credentials>(text, [](JsonObject& object) -> Result<Credentials> {
    const auto given = object.Find("roleCredentials");
    if (!given) return Malformed("has no roleCredentials");
    JsonObject role(*given);
    Credentials credentials{.access_key_id = role.Text("accessKeyId"),
                            .secret_access_key = Secret(role.Text("secretAccessKey")),
                            .session_token = Secret(role.Text("sessionToken")),
                            .expires = std::nullopt,
                            .source = {}};
    const auto expiration = role.Number("expiration");
    // What a point in time can hold (year 2262); whatever is later is as good as that.
    constexpr std::int64_t kLatest = 9'223'372'036'000;
    const bool whole = role.well_formed() && !credentials.access_key_id.empty() &&
                       !credentials.secret_access_key.empty() &&
                       !credentials.session_token.empty() && expiration && *expiration > 0;
    if (!whole) return Malformed("has no whole roleCredentials");
    credentials.expires =
        support::SystemTime(std::chrono::milliseconds(std::min(*expiration, kLatest)));
    return credentials;
  });
}

Result<SsoToken> DecodeSsoToken(const std::string& text) {
  return WithObject<SsoToken>(text, [](JsonObject& object) -> Result<SsoToken> {
    SsoToken token{.access_token = Secret(object.Text("accessToken")), .expires = {}};
    auto expires = object.Text("expiresAt");
    if (!object.well_formed() || token.access_token.empty()) return Malformed("has no accessToken");
    // As the first versions of the AWS CLI wrote it.
    constexpr std::string_view kUtc = "UTC";
    if (expires.ends_with(kUtc)) expires.replace(expires.size() - kUtc.size(), kUtc.size(), "Z");
    const auto time = support::ParseRfc3339(expires);
    if (!time) return Malformed("has no expiresAt that is a time");
    token.expires = *time;
    return token;
  });
}

std::string DecodeDocumentError(const std::string& text) {
  const auto read = [](JsonObject& object) -> Result<std::string> {
    auto code = object.Text("code");
    if (code.empty()) code = object.Text("__type");
    auto message = object.Text("message");
    if (message.empty()) message = object.Text("Message");
    if (!object.well_formed()) return std::string();
    if (code.empty() || message.empty()) return code + message;
    return code + ": " + message;
  };
  return WithObject<std::string>(text, read).value_or(std::string());
}

}  // namespace ecsd::aws
