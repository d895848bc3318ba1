#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/response.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::server {

// What is asked of a client's certificate (Go's tls.ClientAuthType, by the names of the file).
enum class ClientAuth : std::uint8_t {
  kNone,             // NoClientCert
  kRequest,          // RequestClientCert: may send one, which is not checked
  kRequireAny,       // RequireAnyClientCert: must send one, which is not checked
  kVerifyIfGiven,    // VerifyClientCertIfGiven
  kRequireVerified,  // RequireAndVerifyClientCert
};

enum class TlsVersion : std::uint8_t { kTls10, kTls11, kTls12, kTls13 };

struct TlsConfig {
  std::string cert_file;
  std::string key_file;
  std::string client_ca_file;  // empty: none
  ClientAuth client_auth = ClientAuth::kNone;
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  friend bool operator==(const TlsConfig&, const TlsConfig&) = default;
};

// What --web.config.file says.
struct WebConfig {
  std::optional<TlsConfig> tls;  // nothing: plain HTTP
  std::map<std::string, support::Secret, std::less<>>
      users;                    // name to bcrypt hash; empty: no login
  std::vector<Header> headers;  // added to every answer
  friend bool operator==(const WebConfig&, const WebConfig&) = default;
};

// Reads the file of Prometheus' exporter toolkit (docs/web-configuration.md there, v0.8): TLS,
// client certificates, users, headers. `directory` is where the file is: relative paths in it start
// there. Strict: an unknown key is an error that names it, and so is a key whose rule we could not
// keep (cipher_suites, curve_preferences, client_allowed_sans, rate_limit, inline certificates).
// kConfig on failure, never with a hash in the message.
[[nodiscard]] support::Result<WebConfig> ParseWebConfig(std::string_view text,
                                                        const std::string& directory);

// ParseWebConfig of the file at `path`, which must have no more than a megabyte.
[[nodiscard]] support::Result<WebConfig> ReadWebConfig(const std::string& path);

}  // namespace ecsd::server
