#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/http_request.h"
#include "support/secret.h"

namespace ecsd::sim {

// One pair of keys this simulator accepts.
struct AccessKey {
  std::string id;
  support::Secret secret;
  support::Secret token;  // empty: long-term keys, which come without a session token
  std::optional<std::chrono::system_clock::time_point> expiration;
  std::string principal_arn;
  std::string principal_id;
};

// Where the request arrived: what its credential scope must name.
struct SigningScope {
  std::string region;
  std::string service;
};

enum class RefusalKind : std::uint8_t {
  kNotSigned,
  kIncomplete,    // the Authorization header or the date cannot be understood
  kUnknownKey,    // no such access key, or not with this session token
  kBadSignature,  // also: wrong scope, a header that should be signed is not
  kClockSkew,     // signed with a date more than five minutes off
  kTokenExpired,
};

struct Refusal {
  RefusalKind kind = RefusalKind::kNotSigned;
  std::string message;  // AWS's own words; never a secret
};

using KeyLookup = std::function<std::optional<AccessKey>(std::string_view access_key_id)>;

// Checks the request's AWS Signature Version 4 (header form) from the bytes that arrived and
// returns the key that signed it. Stricter than AWS in one point: a signed header must be there
// exactly once.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
[[nodiscard]] tl::expected<AccessKey, Refusal> VerifySigV4(
    const HttpRequest& request, const SigningScope& scope, const KeyLookup& keys,
    std::chrono::system_clock::time_point now);

// Lower-case hexadecimal HMAC-SHA256.
[[nodiscard]] std::string HexHmacSha256(std::string_view key, std::string_view text);

}  // namespace ecsd::sim
