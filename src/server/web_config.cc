#include "server/web_config.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/files.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/strings.h"
#include "yaml/tree.h"

namespace ecsd::server {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr std::size_t kLongestShown = 60;
// Checking a password takes a core for about four seconds then. At 31 it would take days, which
// not even the end of the program could cut short.
constexpr int kHighestCost = 15;

// Keys of the toolkit that must not be passed over in silence: each would make the server stricter.
constexpr std::array<std::string_view, 7> kUnsupported = {
    "cipher_suites", "curve_preferences", "client_allowed_sans", "rate_limit", "cert",
    "key",           "client_ca"};

// The headers that the toolkit lets people set.
constexpr std::array<std::string_view, 8> kHeaderNames = {
    "Content-Security-Policy",      "X-Frame-Options",
    "X-Content-Type-Options",       "X-XSS-Protection",
    "Strict-Transport-Security",    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy"};

template <typename Value>
using NameTable = std::pair<std::string_view, Value>;

constexpr std::array<NameTable<ClientAuth>, 6> kClientAuths = {{
    {"", ClientAuth::kNone},
    {"NoClientCert", ClientAuth::kNone},
    {"RequestClientCert", ClientAuth::kRequest},
    {"RequireAnyClientCert", ClientAuth::kRequireAny},
    {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
    {"RequireAndVerifyClientCert", ClientAuth::kRequireVerified},
}};

constexpr std::array<NameTable<TlsVersion>, 4> kVersions = {{
    {"TLS10", TlsVersion::kTls10},
    {"TLS11", TlsVersion::kTls11},
    {"TLS12", TlsVersion::kTls12},
    {"TLS13", TlsVersion::kTls13},
}};

tl::unexpected<support::Error> FailAt(const yaml::Node& node, const std::string& why) {
  return Fail(ErrorKind::kConfig, fmt::format("line {}: {}", node.at.line, why));
}

tl::unexpected<support::Error> UnknownKey(const std::string& section, const std::string& key,
                                          const yaml::Node& value) {
  const auto name = section + support::OneLine(key, kLongestShown);
  if (std::ranges::find(kUnsupported, key) != kUnsupported.end()) {
    return FailAt(value, fmt::format("{} is not supported by this program; leave it out", name));
  }
  return FailAt(value,
                fmt::format("{} is no known key; see docs/http.md for those that are", name));
}

// Calls `read(key, value)` for each member of the mapping `node`; `name` is how messages call it.
template <typename Read>
Result<void> ForEachMember(const yaml::Node& node, std::string_view name, const Read& read) {
  if (node.kind == yaml::Node::Kind::kNull) return {};
  if (node.kind != yaml::Node::Kind::kMapping) {
    return FailAt(node, fmt::format("{} must be a mapping", name));
  }
  for (const auto& member : node.members) {
    if (Result<void> done = read(member.key, member.value); !done) return done;
  }
  return {};
}

Result<void> ReadText(const std::string& key, const yaml::Node& value, std::string& text) {
  if (value.kind == yaml::Node::Kind::kNull) return {};
  if (value.kind != yaml::Node::Kind::kScalar) return FailAt(value, key + " must be text");
  text = value.text;
  return {};
}

Result<void> ReadPath(const std::string& key, const yaml::Node& value, const std::string& directory,
                      std::string& path) {
  if (auto done = ReadText(key, value, path); !done) return done;
  if (!path.empty() && path.front() != '/') path.insert(0, directory + '/');
  return {};
}

Result<void> CheckBoolean(const std::string& key, const yaml::Node& value) {
  const bool fits = value.kind == yaml::Node::Kind::kNull ||
                    (value.kind == yaml::Node::Kind::kScalar && !value.quoted &&
                     (value.text == "true" || value.text == "false"));
  return fits ? Result<void>() : FailAt(value, key + " must be true or false");
}

template <typename Table, typename Value>
Result<void> ReadName(const std::string& key, const yaml::Node& node, const Table& table,
                      Value& value) {
  std::string text;
  if (auto done = ReadText(key, node, text); !done) return done;
  for (const auto& [name, meaning] : table) {
    if (name != text) continue;
    value = meaning;
    return {};
  }
  std::string names;
  for (const auto& entry : table) {
    if (!entry.first.empty()) names += fmt::format("{}{}", names.empty() ? "" : ", ", entry.first);
  }
  return FailAt(node, fmt::format("{} is not one of {}", key, names));
}

Result<void> CheckTls(const yaml::Node& node, const TlsConfig& tls) {
  if (tls.cert_file.empty()) return FailAt(node, "tls_server_config.cert_file is missing");
  if (tls.key_file.empty()) return FailAt(node, "tls_server_config.key_file is missing");
  const bool verifies = tls.client_auth == ClientAuth::kVerifyIfGiven ||
                        tls.client_auth == ClientAuth::kRequireVerified;
  if (verifies && tls.client_ca_file.empty()) {
    return FailAt(node,
                  "tls_server_config.client_auth_type asks to verify clients, but "
                  "client_ca_file is missing");
  }
  if (!tls.client_ca_file.empty() && tls.client_auth == ClientAuth::kNone) {
    return FailAt(node,
                  "tls_server_config.client_ca_file is set, but client_auth_type asks for no "
                  "certificate; set RequireAndVerifyClientCert");
  }
  if (tls.max_version < tls.min_version) {
    return FailAt(node, "tls_server_config.max_version is below min_version");
  }
  return {};
}

Result<void> ReadTls(const yaml::Node& node, const std::string& directory, WebConfig& config) {
  TlsConfig tls;
  const auto read = [&](const std::string& key, const yaml::Node& value) -> Result<void> {
    const auto name = "tls_server_config." + key;
    if (key == "cert_file") return ReadPath(name, value, directory, tls.cert_file);
    if (key == "key_file") return ReadPath(name, value, directory, tls.key_file);
    if (key == "client_ca_file") return ReadPath(name, value, directory, tls.client_ca_file);
    if (key == "client_auth_type") return ReadName(name, value, kClientAuths, tls.client_auth);
    if (key == "min_version") return ReadName(name, value, kVersions, tls.min_version);
    if (key == "max_version") return ReadName(name, value, kVersions, tls.max_version);
    // Go has ignored it since 1.18, and so do we.
    if (key == "prefer_server_cipher_suites") return CheckBoolean(name, value);
    return UnknownKey("tls_server_config.", key, value);
  };
  if (auto done = ForEachMember(node, "tls_server_config", read); !done) return done;
  if (node.members.empty()) return {};
  if (auto checked = CheckTls(node, tls); !checked) return checked;
  config.tls = std::move(tls);
  return {};
}

bool IsBcrypt(std::string_view hash) {
  constexpr std::string_view kSymbols =
      "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return hash.size() == 60 &&
         (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$")) &&
         support::ParseDecimal(hash.substr(4, 2)) && hash[6] == '$' &&
         hash.find_first_not_of(kSymbols, 7) == std::string_view::npos;
}

Result<void> CheckHash(const std::string& name, const yaml::Node& value, const std::string& hash) {
  if (!IsBcrypt(hash)) {
    return FailAt(value, name + " is no bcrypt hash; make one with htpasswd -nBC 10 USER");
  }
  const auto cost = *support::ParseDecimal(std::string_view(hash).substr(4, 2));
  if (cost >= 4 && cost <= kHighestCost) return {};
  return FailAt(value,
                fmt::format("{} has bcrypt cost {}, which must be 4 to {}; each more doubles "
                            "the time that a login takes; make one with htpasswd -nBC 10 "
                            "USER",
                            name, cost, kHighestCost));
}

Result<void> ReadUsers(const yaml::Node& node, WebConfig& config) {
  const auto read = [&config](const std::string& user, const yaml::Node& value) -> Result<void> {
    const auto name = "basic_auth_users." + support::OneLine(user, kLongestShown);
    if (user.empty() || user.find(':') != std::string::npos) {
      return FailAt(value, name + ": a user name is not empty and has no colon");
    }
    std::string hash;
    if (auto done = ReadText(name, value, hash); !done) return done;
    if (auto checked = CheckHash(name, value, hash); !checked) return checked;
    config.users.emplace(user, support::Secret(std::move(hash)));
    return {};
  };
  return ForEachMember(node, "basic_auth_users", read);
}

Result<void> ReadHeaders(const yaml::Node& node, WebConfig& config) {
  const auto read = [&config](const std::string& header, const yaml::Node& value) -> Result<void> {
    const auto name = "http_server_config.headers." + support::OneLine(header, kLongestShown);
    if (std::ranges::find(kHeaderNames, header) == kHeaderNames.end()) {
      return FailAt(value, name + " is no header that may be set");
    }
    std::string text;
    if (auto done = ReadText(name, value, text); !done) return done;
    const auto is_control = [](char byte) { return static_cast<unsigned char>(byte) < ' '; };
    if (std::ranges::any_of(text, is_control)) {
      return FailAt(value, name + " must be one line");
    }
    if (!text.empty()) config.headers.push_back({.name = header, .value = std::move(text)});
    return {};
  };
  return ForEachMember(node, "http_server_config.headers", read);
}

Result<void> ReadHttp(const yaml::Node& node, WebConfig& config) {
  const auto read = [&config](const std::string& key, const yaml::Node& value) -> Result<void> {
    if (key == "headers") return ReadHeaders(value, config);
    // We speak HTTP/1.1 only, which every client that could speak HTTP/2 falls back to.
    if (key == "http2") return CheckBoolean("http_server_config.http2", value);
    return UnknownKey("http_server_config.", key, value);
  };
  return ForEachMember(node, "http_server_config", read);
}

}  // namespace

Result<WebConfig> ParseWebConfig(std::string_view text, const std::string& directory) {
  const auto root = yaml::Parse(text);
  if (!root) {
    const auto& problem = root.error();
    return Fail(ErrorKind::kConfig, fmt::format("line {}: {}", problem.at.line, problem.text));
  }
  WebConfig config;
  const auto read = [&](const std::string& key, const yaml::Node& value) -> Result<void> {
    if (key == "tls_server_config") return ReadTls(value, directory, config);
    if (key == "basic_auth_users") return ReadUsers(value, config);
    if (key == "http_server_config") return ReadHttp(value, config);
    return UnknownKey("", key, value);
  };
  if (auto done = ForEachMember(*root, "the file", read); !done) {
    return tl::unexpected(std::move(done).error());
  }
  return config;
}

Result<WebConfig> ReadWebConfig(const std::string& path) {
  const auto text = ReadFile(path, kLargestFile);
  if (!text) return tl::unexpected(support::Annotate("web.config.file", text.error()));
  const auto slash = path.rfind('/');
  const auto directory = slash == std::string::npos ? "." : path.substr(0, slash);
  auto config = ParseWebConfig(*text, directory);
  if (!config) {
    return tl::unexpected(support::Annotate("web.config.file " + path, std::move(config).error()));
  }
  return config;
}

}  // namespace ecsd::server
