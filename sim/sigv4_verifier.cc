#include "sim/sigv4_verifier.h"

#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/http_request.h"

namespace ecsd::sim {
namespace {

using std::chrono::system_clock;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::chrono::minutes kTolerance{5};
constexpr std::string_view kMismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";

using Outcome = tl::expected<void, Refusal>;

tl::unexpected<Refusal> Refuse(RefusalKind kind, std::string message) {
  return tl::unexpected(Refusal{.kind = kind, .message = std::move(message)});
}

struct Authorization {
  std::string access_key_id;
  std::string date;
  std::string region;
  std::string service;
  std::vector<std::string> signed_headers;
  std::string signature;
};

std::string Hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string HmacSha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string HexSha256(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return Hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// RFC 3986: everything but the unreserved characters is escaped.
std::string PercentEncode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", byte);
    }
  }
  return out;
}

// Every service but S3 signs the path without `.`, `..` and empty segments, escaped once more.
std::string CanonicalPath(std::string_view path) {
  std::vector<std::string> kept;
  for (std::string& segment : Split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(std::move(segment));
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string out;
  for (const std::string& segment : kept) out += "/" + PercentEncode(segment);
  return out.empty() || (path.ends_with('/') && path.size() > 1) ? out + "/" : out;
}

std::string CanonicalQuery(std::string_view query) {
  std::vector<NamedText> pairs;
  for (const std::string& field : Split(query, '&')) {
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string value = equals < field.size() ? field.substr(equals + 1) : std::string();
    pairs.emplace_back(PercentEncode(PercentDecode(field.substr(0, equals), false)),
                       PercentEncode(PercentDecode(value, false)));
  }
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += name;
    out += '=';
    out += value;
  }
  return out;
}

std::string CanonicalValue(std::string_view value) {
  std::string out;
  for (const char c : Trim(value)) {
    if (c != ' ' || !out.ends_with(' ')) out += c;
  }
  return out;
}

tl::expected<std::string, Refusal> CanonicalHeaders(const HttpRequest& request,
                                                    const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    std::size_t found = 0;
    for (const auto& [key, value] : request.headers) {
      if (ToLower(key) != name) continue;
      ++found;
      out += name + ":" + CanonicalValue(value) + "\n";
    }
    if (found != 1) {
      return Refuse(RefusalKind::kBadSignature,
                    fmt::format("Signed header '{}' is in the request {} times.", name, found));
    }
  }
  return out;
}

Outcome ReadScope(std::string_view credential, Authorization& out) {
  const std::vector<std::string> parts = Split(credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request") {
    return Refuse(RefusalKind::kIncomplete,
                  "Credential must have exactly 5 slash-delimited elements, e.g. "
                  "keyid/date/region/service/term");
  }
  out.access_key_id = parts[0];
  out.date = parts[1];
  out.region = parts[2];
  out.service = parts[3];
  return {};
}

Outcome ReadField(std::string_view field, Authorization& out) {
  const std::size_t equals = std::min(field.find('='), field.size());
  const std::string_view name = Trim(field.substr(0, equals));
  const std::string_view value =
      equals < field.size() ? Trim(field.substr(equals + 1)) : std::string_view();
  if (name == "Credential") return ReadScope(value, out);
  if (name == "SignedHeaders") out.signed_headers = Split(value, ';');
  if (name == "Signature") out.signature = value;
  return {};
}

tl::expected<Authorization, Refusal> ReadAuthorization(const HttpRequest& request) {
  const auto header = FindHeader(request, "authorization");
  if (!header) return Refuse(RefusalKind::kNotSigned, "Missing Authentication Token");
  if (!header->starts_with(std::string(kAlgorithm) + " ")) {
    return Refuse(RefusalKind::kIncomplete, "Unsupported AWS 'algorithm' in Authorization header.");
  }
  Authorization out;
  for (const std::string& field : Split(header->substr(kAlgorithm.size()), ',')) {
    if (auto read = ReadField(field, out); !read) return tl::unexpected(std::move(read).error());
  }
  if (out.access_key_id.empty() || out.signed_headers.empty() || out.signature.empty()) {
    return Refuse(RefusalKind::kIncomplete,
                  "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' "
                  "parameters.");
  }
  return out;
}

std::optional<system_clock::time_point> ReadDate(const std::string& text) {
  std::tm parts{};
  // NOLINTNEXTLINE(misc-include-cleaner): POSIX functions of <time.h>
  const char* end = strptime(text.c_str(), "%Y%m%dT%H%M%SZ", &parts);
  if (text.size() != 16 || end == nullptr || *end != '\0') return std::nullopt;
  // NOLINTNEXTLINE(misc-include-cleaner): POSIX functions of <time.h>
  return system_clock::from_time_t(timegm(&parts));
}

std::string DateText(system_clock::time_point time) {
  const std::time_t seconds = system_clock::to_time_t(time);
  std::tm parts{};
  static_cast<void>(gmtime_r(&seconds, &parts));
  std::array<char, 20> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

Outcome CheckDate(const std::string& date, const Authorization& authorization,
                  system_clock::time_point now) {
  const auto time = ReadDate(date);
  if (!time) {
    return Refuse(RefusalKind::kIncomplete,
                  "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                  "header.");
  }
  if (date.substr(0, 8) != authorization.date) {
    return Refuse(RefusalKind::kBadSignature,
                  fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                              "version of date from HTTP: '{}' != '{}', from '{}'.",
                              authorization.date, date.substr(0, 8), date));
  }
  if (*time < now - kTolerance) {
    return Refuse(RefusalKind::kClockSkew,
                  fmt::format("Signature expired: {} is now earlier than {} ({} - 5 min.)", date,
                              DateText(now - kTolerance), DateText(now)));
  }
  if (*time > now + kTolerance) {
    return Refuse(RefusalKind::kClockSkew,
                  fmt::format("Signature not yet current: {} is still later than {} ({} + 5 min.)",
                              date, DateText(now + kTolerance), DateText(now)));
  }
  return {};
}

Outcome CheckScope(const Authorization& authorization, const SigningScope& scope) {
  if (authorization.region != scope.region) {
    return Refuse(RefusalKind::kBadSignature,
                  fmt::format("Credential should be scoped to a valid region, not '{}'.",
                              authorization.region));
  }
  if (authorization.service != scope.service) {
    return Refuse(
        RefusalKind::kBadSignature,
        fmt::format("Credential should be scoped to correct service: '{}'.", scope.service));
  }
  return {};
}

Outcome CheckKey(const HttpRequest& request, const AccessKey& key, system_clock::time_point now) {
  const std::string_view token = FindHeader(request, "x-amz-security-token").value_or("");
  if (token != key.token.Reveal()) {
    return Refuse(RefusalKind::kUnknownKey,
                  "The security token included in the request is invalid.");
  }
  if (key.expiration && *key.expiration <= now) {
    return Refuse(RefusalKind::kTokenExpired,
                  "The security token included in the request is expired");
  }
  return {};
}

// `host` and every `x-amz-` header that arrived must be covered by the signature.
Outcome CheckCoverage(const HttpRequest& request, const std::vector<std::string>& names) {
  if (!std::ranges::is_sorted(names)) {
    return Refuse(RefusalKind::kBadSignature, std::string(kMismatch));
  }
  for (const auto& [key, value] : request.headers) {
    const std::string name = ToLower(key);
    if (name != "host" && !name.starts_with("x-amz-")) continue;
    if (std::ranges::find(names, name) != names.end()) continue;
    return Refuse(RefusalKind::kBadSignature,
                  fmt::format("'{}' must be a 'SignedHeader' in the AWS Authorization.", name));
  }
  return {};
}

std::string Join(const std::vector<std::string>& parts, char separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

std::string Sign(const std::string& canonical_request, const std::string& date,
                 const Authorization& authorization, const AccessKey& key) {
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", authorization.date,
                                        authorization.region, authorization.service);
  std::string signing_key = HmacSha256("AWS4" + key.secret.Reveal(), authorization.date);
  signing_key = HmacSha256(signing_key, authorization.region);
  signing_key = HmacSha256(signing_key, authorization.service);
  signing_key = HmacSha256(signing_key, "aws4_request");
  return HexHmacSha256(signing_key, fmt::format("{}\n{}\n{}\n{}", kAlgorithm, date, scope,
                                                HexSha256(canonical_request)));
}

Outcome CheckSignature(const HttpRequest& request, const std::string& date,
                       const Authorization& authorization, const AccessKey& key) {
  auto headers = CanonicalHeaders(request, authorization.signed_headers);
  if (!headers) return tl::unexpected(std::move(headers).error());
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, CanonicalPath(request.path),
                  CanonicalQuery(request.query), *headers, Join(authorization.signed_headers, ';'),
                  HexSha256(request.body));
  const std::string expected = Sign(canonical, date, authorization, key);
  if (expected.size() != authorization.signature.size() ||
      CRYPTO_memcmp(expected.data(), authorization.signature.data(), expected.size()) != 0) {
    return Refuse(RefusalKind::kBadSignature, std::string(kMismatch));
  }
  return {};
}

}  // namespace

std::string HexHmacSha256(std::string_view key, std::string_view text) {
  return Hex(HmacSha256(key, text));
}

tl::expected<AccessKey, Refusal> VerifySigV4(const HttpRequest& request, const SigningScope& scope,
                                             const KeyLookup& keys, system_clock::time_point now) {
  const auto authorization = ReadAuthorization(request);
  if (!authorization) return tl::unexpected(authorization.error());
  const std::string date(FindHeader(request, "x-amz-date").value_or(""));
  const auto key = keys(authorization->access_key_id);
  if (!key) {
    return Refuse(RefusalKind::kUnknownKey,
                  "The security token included in the request is invalid.");
  }
  const Outcome verdict =
      CheckDate(date, *authorization, now)
          .and_then([&] { return CheckScope(*authorization, scope); })
          .and_then([&] { return CheckKey(request, *key, now); })
          .and_then([&] { return CheckCoverage(request, authorization->signed_headers); })
          .and_then([&] { return CheckSignature(request, date, *authorization, *key); });
  if (!verdict) return tl::unexpected(verdict.error());
  return *key;
}

}  // namespace ecsd::sim
