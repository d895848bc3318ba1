#include "server/web_config.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/errors.h"

namespace ecsd::server {
namespace {

using test::FailureOf;
using test::Must;

constexpr const char* kHash = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

std::string ErrorOf(const std::string& text) {
  const auto failure = FailureOf(ParseWebConfig(text, "/etc/web"));
  EXPECT_EQ(failure.kind, support::ErrorKind::kConfig);
  return failure.message;
}

TEST(ParseWebConfigTest, ReadsEverySection) {
  const auto config = Must(ParseWebConfig(std::string(R"(
tls_server_config:
  cert_file: server.crt
  key_file: /secret/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  min_version: TLS13
  max_version: TLS13
  prefer_server_cipher_suites: true
basic_auth_users:
  ann: )") + kHash + R"(
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
)",
                                          "/etc/web"));

  EXPECT_EQ(config, (WebConfig{.tls = TlsConfig{.cert_file = "/etc/web/server.crt",
                                                .key_file = "/secret/server.key",
                                                .client_ca_file = "/etc/web/ca.crt",
                                                .client_auth = ClientAuth::kRequireVerified,
                                                .min_version = TlsVersion::kTls13},
                               .users = {{"ann", support::Secret(kHash)}},
                               .headers = {{"X-Frame-Options", "deny"}}}));
}

TEST(ParseWebConfigTest, TakesAnEmptyFileForPlainHttp) {
  EXPECT_EQ(Must(ParseWebConfig("", "/")), WebConfig{});
  EXPECT_EQ(Must(ParseWebConfig("# nothing\n", "/")), WebConfig{});
  EXPECT_EQ(Must(ParseWebConfig("basic_auth_users:\ntls_server_config: {}\n", "/")), WebConfig{});
}

TEST(ParseWebConfigTest, NamesAnUnknownKeyWithItsLine) {
  EXPECT_EQ(ErrorOf("basic_auth_users:\nbasic_auth_user:\n  a: b\n"),
            "line 3: basic_auth_user is no known key; see docs/http.md for those that are");
  EXPECT_EQ(ErrorOf("tls_server_config:\n  certfile: x\n"),
            "line 2: tls_server_config.certfile is no known key; see docs/http.md for those that "
            "are");
}

TEST(ParseWebConfigTest, RefusesWhatItCouldNotKeep) {
  EXPECT_EQ(ErrorOf("tls_server_config: {cipher_suites: [TLS_AES_128_GCM_SHA256]}"),
            "line 1: tls_server_config.cipher_suites is not supported by this program; leave it "
            "out");
  EXPECT_EQ(ErrorOf("rate_limit: {interval: 1s}"),
            "line 1: rate_limit is not supported by this program; leave it out");
}

TEST(ParseWebConfigTest, RefusesTlsThatDoesNotProtect) {
  const std::string pair = "tls_server_config: {cert_file: a, key_file: b, ";

  EXPECT_EQ(ErrorOf("tls_server_config: {cert_file: a}"),
            "line 1: tls_server_config.key_file is missing");
  EXPECT_EQ(ErrorOf(pair + "client_ca_file: c}"),
            "line 1: tls_server_config.client_ca_file is set, but client_auth_type asks for no "
            "certificate; set RequireAndVerifyClientCert");
  EXPECT_EQ(ErrorOf(pair + "client_auth_type: RequireAndVerifyClientCert}"),
            "line 1: tls_server_config.client_auth_type asks to verify clients, but "
            "client_ca_file is missing");
  EXPECT_EQ(ErrorOf(pair + "min_version: TLS13, max_version: TLS12}"),
            "line 1: tls_server_config.max_version is below min_version");
  EXPECT_EQ(ErrorOf(pair + "min_version: SSL3}"),
            "line 1: tls_server_config.min_version is not one of TLS10, TLS11, TLS12, TLS13");
}

TEST(ParseWebConfigTest, NeverRepeatsAPassword) {
  const auto message = ErrorOf("basic_auth_users: {ann: hunter2}");

  EXPECT_EQ(message,
            "line 1: basic_auth_users.ann is no bcrypt hash; make one with htpasswd -nBC 10 USER");
}

// A hash of cost 31 used to be taken; the first login then kept a thread busy for days, and the
// program could not be stopped in order.
TEST(ParseWebConfigTest, RefusesAHashThatTakesTooLongOrIsNone) {
  const auto of_user = [](const std::string& cost, const std::string& last) {
    return "basic_auth_users: {ann: $2y$" + cost +
           "$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeS" + last + "}";
  };
  const std::string too_long =
      ", which must be 4 to 15; each more doubles the time that a login takes; make one with "
      "htpasswd -nBC 10 USER";
  const std::string none =
      "line 1: basic_auth_users.ann is no bcrypt hash; make one with htpasswd -nBC 10 USER";

  EXPECT_EQ(ErrorOf(of_user("31", "i")),
            "line 1: basic_auth_users.ann has bcrypt cost 31" + too_long);
  EXPECT_EQ(ErrorOf(of_user("03", "i")),
            "line 1: basic_auth_users.ann has bcrypt cost 3" + too_long);
  EXPECT_EQ(ErrorOf(of_user("xx", "i")), none);
  EXPECT_EQ(ErrorOf(of_user("10", "!")), none);
  EXPECT_EQ(Must(ParseWebConfig(of_user("15", "i"), "/")).users.size(), 1U);
}

TEST(ParseWebConfigTest, RefusesHeadersThatAreNoneOrHaveLineBreaks) {
  EXPECT_EQ(ErrorOf("http_server_config: {headers: {X-Own: a}}"),
            "line 1: http_server_config.headers.X-Own is no header that may be set");
  EXPECT_EQ(ErrorOf("http_server_config: {headers: {X-Frame-Options: \"a\\r\\nSet-Cookie: b\"}}"),
            "line 1: http_server_config.headers.X-Frame-Options must be one line");
}

TEST(ParseWebConfigTest, RefusesWhatIsNoPlainYaml) {
  EXPECT_EQ(ErrorOf("a: [b"), "line 2: is no YAML: did not find expected ',' or ']'");
  EXPECT_EQ(ErrorOf("a: &x 1\nb: *x\n"),
            "line 1: anchors and tags are not supported; write the value out");
  EXPECT_EQ(ErrorOf("http_server_config:\nhttp_server_config:\n"),
            "line 2: key \"http_server_config\" is there twice");
  EXPECT_EQ(ErrorOf("--- {}\n--- {}\n"), "line 2: more than one document");
  EXPECT_EQ(ErrorOf("- a\n"), "line 1: the file must be a mapping");
  EXPECT_EQ(ErrorOf("a: " + std::string(40, '[') + std::string(40, ']')),
            "line 1: is nested too deeply");
}

TEST(ReadWebConfigTest, NamesTheFileThatIsNotThere) {
  EXPECT_EQ(FailureOf(ReadWebConfig("/nowhere/web.yml")),
            (test::Failed{support::ErrorKind::kConfig,
                          "web.config.file: /nowhere/web.yml cannot be read: No such file or "
                          "directory"}));
}

}  // namespace
}  // namespace ecsd::server
