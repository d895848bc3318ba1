#include "app/healthcheck.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "app/exit_status.h"
#include "app/version.h"
#include "aws/environment.h"
#include "config/options.h"
#include "http/curl_transport.h"
#include "http/transport.h"
#include "server/base64.h"
#include "server/listen_address.h"
#include "server/web_config.h"
#include "support/result.h"
#include "support/secret.h"
#include "support/strings.h"

namespace ecsd::app {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr std::chrono::seconds kLongestCheck{3};
constexpr std::string_view kPath = "/-/healthy";
// A password on a command line can be read by every user of the machine.
constexpr std::string_view kLoginVariable = "HEALTHCHECK_LOGIN";

// The host to ask for what listens at `host`.
std::string Reachable(const std::string& host) {
  if (host.empty()) return "127.0.0.1";
  in6_addr ipv6{};
  if (inet_pton(AF_INET6, host.c_str(), &ipv6) == 1) {
    return IN6_IS_ADDR_UNSPECIFIED(&ipv6) ? "::1" : host;
  }
  in_addr ipv4{};
  const bool any = inet_aton(host.c_str(), &ipv4) != 0 && ipv4.s_addr == INADDR_ANY;
  return any ? "127.0.0.1" : host;
}

std::string UrlOf(std::string_view scheme, server::ListenAddress address) {
  address.host = Reachable(address.host);
  if (const auto zone = address.host.find('%'); zone != std::string::npos) {
    address.host.insert(zone + 1, "25");  // RFC 6874
  }
  return fmt::format("{}://{}{}", scheme, server::ToString(address), kPath);
}

bool RequiresClientCertificate(const server::TlsConfig& tls) {
  return tls.client_auth == server::ClientAuth::kRequireAny ||
         tls.client_auth == server::ClientAuth::kRequireVerified;
}

Result<std::string> OwnUrl(const config::Options& options) {
  if (options.web_listen_address.empty()) {
    return Fail(ErrorKind::kConfig,
                "healthcheck: no address to ask; give it the -web.listen-address of the program, "
                "or the URL");
  }
  auto address = server::ParseListenAddress(options.web_listen_address);
  if (!address) return tl::unexpected(std::move(address).error());
  if (address->port == 0) {
    return Fail(ErrorKind::kConfig,
                "healthcheck: port 0 of -web.listen-address is any free one; give the program a "
                "port of its own, or healthcheck the URL");
  }
  if (options.web_config_file.empty()) return UrlOf("http", *std::move(address));
  const auto config = server::ReadWebConfig(options.web_config_file);
  if (!config) return tl::unexpected(config.error());
  if (config->tls && RequiresClientCertificate(*config->tls)) {
    return Fail(ErrorKind::kConfig,
                "healthcheck: the client_auth_type of --web.config.file requires a client "
                "certificate, which healthcheck has not; VerifyClientCertIfGiven with "
                "basic_auth_users can be checked");
  }
  return UrlOf(config->tls ? "https" : "http", *std::move(address));
}

// Moves the login out of `url`, "http://user:password@host", into what is returned; empty: none.
std::string TakeLogin(std::string& url) {
  const auto host = url.find("://") + 3;
  const auto at = url.substr(0, url.find_first_of("/?#", host)).rfind('@');
  if (at == std::string::npos) return {};
  auto login = url.substr(host, at - host);
  url.erase(host, at + 1 - host);
  return login;
}

Result<std::string> GivenUrl(const std::string& text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) {
    return Fail(ErrorKind::kConfig,
                fmt::format("healthcheck: \"{}\" is not a URL; write it like "
                            "http://127.0.0.1:8080",
                            support::OneLine(support::HideUserInfo(text), 100)));
  }
  const auto path = text.find_first_of("/?#", text.find("://") + 3);
  if (path == std::string::npos) return text + std::string(kPath);
  return text.substr(path) == "/" ? text.substr(0, path) + std::string(kPath) : text;
}

// Of a list of hosts the first: the server answers to it.
std::string FirstHost(std::string_view hosts) {
  return std::string(support::Trim(hosts.substr(0, hosts.find(','))));
}

void AddLogin(const std::string& login, http::Request& request) {
  if (login.empty()) return;
  const auto encoded = server::EncodeBase64(login);
  request.headers.push_back("Authorization: Basic " + encoded);
  request.secrets.emplace_back(encoded);
  request.secrets.emplace_back(login.substr(login.find(':') + 1));
}

// What an answer other than 200 means.
std::string Explain(const http::Response& response) {
  constexpr std::size_t kMostShown = 200;
  const auto status = fmt::format("HTTP status {}", response.status);
  if (response.status == kHealthUnauthorized) {
    return fmt::format(
        "{}: the login was refused; set {}=USER:PASSWORD to one of the "
        "basic_auth_users",
        status, kLoginVariable);
  }
  if (response.status == kHealthMisdirected) {
    return status + ": give healthcheck the --web.allowed-hosts of the program";
  }
  return fmt::format("{}: {}", status, support::OneLine(support::Trim(response.body), kMostShown));
}

// Whether the address is the program's own, from its flags: its certificate is not for the name
// that we ask by then, nor is it our task to check it, and nobody else can listen there.
bool IsOwn(const config::Options& options) {
  return options.names.empty();
}

}  // namespace

Result<http::Request> HealthRequest(const config::Options& options,
                                    const aws::Environment& environment) {
  auto url = IsOwn(options) ? OwnUrl(options) : GivenUrl(options.names.front());
  if (!url) return tl::unexpected(std::move(url).error());
  auto login = TakeLogin(*url);
  if (login.empty()) login = environment.Get(kLoginVariable);
  http::Request request{.url = *std::move(url),
                        .headers = {},
                        .body = {},
                        .signature = std::nullopt,
                        .connect_timeout = kLongestCheck,
                        .total_timeout = kLongestCheck,
                        .method = http::Method::kGet,
                        .direct = true,
                        .shown = {},
                        .secrets = {}};
  AddLogin(login, request);
  if (const auto host = FirstHost(options.web_allowed_hosts); !host.empty()) {
    request.headers.push_back("Host: " + host);
  }
  return request;
}

Result<HealthAnswer> AskHealth(const config::Options& options,
                               const aws::Environment& environment) {
  const auto request = HealthRequest(options, environment);
  if (!request) return tl::unexpected(request.error());
  http::CurlTransport transport({.user_agent = fmt::format("{}/{}", kProgramName, kVersion),
                                 .trusts_any_peer = IsOwn(options)});
  const auto response = transport.Perform(*request, {});
  if (!response) return Fail(ErrorKind::kTransport, response.error().message);
  return HealthAnswer{.status = response->status,
                      .text = response->status == kHealthGood
                                  ? std::string(support::Trim(response->body))
                                  : fmt::format("{}: {}", request->url, Explain(*response))};
}

int Healthcheck(const config::Options& options, const aws::Environment& environment) {
  const auto answer = AskHealth(options, environment);
  if (answer && answer->status == kHealthGood) return kExitGood;
  fmt::print(stderr, "{}: {}\n", kProgramName, answer ? answer->text : answer.error().message);
  return !answer && answer.error().kind == ErrorKind::kConfig ? kExitConfig : kExitFailed;
}

}  // namespace ecsd::app
